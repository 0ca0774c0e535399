import { expect } from "chai";
import type { MesosClusterSpecInput } from "../../../../../src/api/crd/v1alpha1/mesos-cluster/spec.ts";
import { decideMesosCluster } from "../../../../../src/domain/operator/mesos-cluster/decide.ts";
import type { Seen } from "../../../../../src/domain/operator/mesos-cluster/observed.ts";
import { makePod, makeSeen, NOW_MS } from "../../../../support/mesos-cluster/make-seen.ts";
import { conditions, others } from "../../../../support/mesos-cluster/read-plan.ts";
import { LEADER_STATUS, readySidecarWorld } from "../../../../support/mesos-cluster/ready-world.ts";

describe("decideMesosCluster for agents", () => {
  it("takes agents away when they are no longer wanted, users before what they use", () => {
    const world = readySidecarWorld();
    const disabled = makeSeen({
      ...world,
      spec: { agents: { enabled: false } },
      status: LEADER_STATUS,
    });
    expect(others(decideMesosCluster(disabled))).to.deep.equal([
      "remove DaemonSet/mesos-agent",
      "remove NetworkPolicy/mesos-agent",
      "remove Service/mesos-agent",
      "remove ConfigMap/mesos-agent",
      "remove RoleBinding/mesos-agent",
      "remove ServiceAccount/mesos-agent",
    ]);
  });

  describe("rolling agents", () => {
    it("goes back to the last good template when the canary fails, and says that it is blocked", () => {
      const world = readySidecarWorld();
      const spec: MesosClusterSpecInput = { image: "broken:1" };
      const changed = makeSeen({ ...world, spec, status: LEADER_STATUS });
      const good = { metadata: { labels: { good: "yes" } }, spec: { containers: [] } };
      const failing: Seen = {
        ...changed,
        revisions: [
          { owner: "DaemonSet/mesos-agent", hash: "new", number: 1, template: good },
          { owner: "DaemonSet/mesos-agent", hash: "bad", number: 2, template: {} },
        ],
        agentPods: [
          makePod({ name: "a-n1", node: "n1", revision: "new" }),
          makePod({
            name: "a-n2",
            node: "n2",
            revision: "bad",
            ready: false,
            createdMs: NOW_MS - 61_000,
          }),
        ],
      };
      const plan = decideMesosCluster(failing);
      const set = plan.actions.find(
        (one) => one.kind === "apply" && one.child.kind === "DaemonSet",
      );
      const manifest = set?.kind === "apply" ? set.child.manifest : undefined;
      expect((manifest?.spec as { template: unknown }).template).to.deep.equal(good);
      expect(manifest?.metadata.annotations).to.have.property("orchestrator.io/blocked-template");
      expect(conditions(plan)).to.include({ Stalled: "True UpgradeBlocked" });
    });
  });
});
