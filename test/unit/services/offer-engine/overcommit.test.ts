import { expect } from "chai";
import { asId, type KubeUid } from "../../../../src/api/ids/ids.ts";
import { resourcesOf } from "../../../../src/domain/resources/parse-resources.ts";
import { EngineScenario } from "../../../support/mesos/engine-scenario.ts";

function place(scenario: EngineScenario, link: string, cpus: number): void {
  const request = resourcesOf(`cpus:${cpus}`);
  const pod = { uid: asId<KubeUid>("p"), role: "web", request, priority: 0, createdMs: 0 };
  scenario.put({ kind: "podPlaced", pod, agentId: scenario.agentIdOf(link) });
}
const rescinds = (scenario: EngineScenario): number =>
  scenario.events("s1").filter(({ type }) => type === "RESCIND").length;

describe("an agent on which more is held than there is", () => {
  it("has its outstanding offers taken back when a pod is bound there", () => {
    const scenario = new EngineScenario();
    const link = scenario.agent("n1", { resources: "cpus:4;mem:1024" });
    scenario.framework("s1");
    expect(scenario.engine.state.offers.size).to.equal(1);
    place(scenario, link, 2);
    expect(rescinds(scenario)).to.equal(1);
  });

  it("keeps its offers while everything fits", () => {
    const scenario = new EngineScenario();
    const link = scenario.agent("n1", { resources: "cpus:4;mem:1024" });
    place(scenario, link, 2);
    scenario.framework("s1");
    place(scenario, link, 2);
    expect(rescinds(scenario)).to.equal(0);
    expect(scenario.engine.state.offers.size).to.equal(1);
  });

  it("has its offers taken back when its total falls below what is held", () => {
    const scenario = new EngineScenario();
    const link = scenario.agent("n1", { resources: "cpus:4;mem:1024" });
    scenario.framework("s1");
    scenario.agentCall(link, {
      type: "UPDATE_AGENT",
      total: [{ name: "cpus", type: "SCALAR", scalar: { value: 2 } }],
      attributes: [],
      oversubscribed: [],
      unschedulable: false,
    });
    expect(rescinds(scenario)).to.equal(1);
  });
});
