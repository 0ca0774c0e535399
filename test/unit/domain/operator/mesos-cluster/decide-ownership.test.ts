import { expect } from "chai";
import { decideMesosCluster } from "../../../../../src/domain/operator/mesos-cluster/decide.ts";
import { makeLive, makeSeen, type SeenInput } from "../../../../support/mesos-cluster/make-seen.ts";
import { conditions } from "../../../../support/mesos-cluster/read-plan.ts";

describe("decideMesosCluster on what is not its to change", () => {
  it("changes nothing while paused, by field or by annotation, but says how things are", () => {
    const inputs: readonly SeenInput[] = [
      { spec: { paused: true } },
      { metadata: { annotations: { "orchestrator.io/paused": "true" } } },
    ];
    for (const input of inputs) {
      const plan = decideMesosCluster(makeSeen(input));
      expect(plan.actions).to.deep.equal([]);
      expect(conditions(plan)).to.include({ ReconciliationPaused: "True Paused" });
      expect(plan.status.phase).to.equal("Paused");
    }
  });

  it("only says so when unmanaged", () => {
    const plan = decideMesosCluster(makeSeen({ spec: { management: "Unmanaged" } }));
    expect(plan.actions).to.deep.equal([]);
    expect(conditions(plan)).to.deep.equal({ Ready: "Unknown Unmanaged" });
  });

  it("leaves everything to the garbage collector once it is being deleted", () => {
    const plan = decideMesosCluster(
      makeSeen({ metadata: { deletionTimestamp: "2026-11-21T12:00:00Z" } }),
    );
    expect(plan.actions).to.deep.equal([]);
    expect(plan.status.phase).to.equal("Terminating");
  });

  it("leaves children without owner with deletionPolicy Orphan, so that they outlive the object", () => {
    const plan = decideMesosCluster(makeSeen({ spec: { deletionPolicy: "Orphan" } }));
    const owned = plan.actions.filter(
      (action) =>
        action.kind === "apply" && action.child.manifest.metadata.ownerReferences !== undefined,
    );
    expect(owned).to.deep.equal([]);
  });

  it("waits until the children of an earlier cluster of that name are gone", () => {
    const first = decideMesosCluster(makeSeen({ metadata: { uid: "uid-earlier" } }));
    const children = first.actions.flatMap((action) =>
      action.kind === "apply" ? [makeLive(action.child)] : [],
    );
    const plan = decideMesosCluster(makeSeen({ children }));
    expect(plan.actions).to.deep.equal([]);
    expect(conditions(plan)).to.include({ Reconciling: "True WaitingForDependency" });
    expect(conditions(plan)).not.to.have.property("Stalled");
  });

  it("leaves alone what others made under the name of a child", () => {
    const first = decideMesosCluster(makeSeen());
    const config = first.actions.find(
      (action) => action.kind === "apply" && action.child.kind === "ConfigMap",
    );
    if (config?.kind !== "apply") throw new Error("no ConfigMap");
    const foreign = { ...makeLive(config.child), labels: {}, owners: [] };
    const plan = decideMesosCluster(makeSeen({ children: [foreign] }));
    expect(plan.actions).to.deep.equal([]);
    expect(conditions(plan)).to.include({ Stalled: "True NameCollision" });
  });
});
