import { expect } from "chai";
import { conditionEvents } from "../../../../src/reconcilers/mesos-cluster/condition-events.ts";

const fact = (type: string, status: "True" | "False", reason: string) => ({
  type,
  status,
  reason,
  message: `because ${reason}`,
  observedGeneration: 1,
});
const told = (...events: Parameters<typeof conditionEvents>): string[] =>
  conditionEvents(...events).map(({ type, reason }) => `${type} ${reason}`);

describe("conditionEvents", () => {
  it("tells what the operator begins with", () => {
    expect(
      told([], [fact("Ready", "False", "NoLeader"), fact("Reconciling", "True", "Creating")]),
    ).to.deep.equal(["Normal Creating"]);
  });
  it("tells that it is ready, once", () => {
    const after = [fact("Ready", "True", "AllReady")];
    expect(told([fact("Ready", "False", "NoLeader")], after)).to.deep.equal(["Normal AllReady"]);
    expect(told(after, after)).to.deep.equal([]);
  });
  it("warns when it no longer is", () => {
    expect(
      told([fact("Ready", "True", "AllReady")], [fact("Ready", "False", "AgentsNotReady")]),
    ).to.deep.equal(["Warning AgentsNotReady"]);
  });
  it("tells once, not twice, why a person must act", () => {
    const after = [
      fact("Ready", "False", "NameCollision"),
      fact("Stalled", "True", "NameCollision"),
    ];
    expect(told([fact("Ready", "True", "AllReady")], after)).to.deep.equal([
      "Warning NameCollision",
    ]);
  });
});
