import { expect } from "chai";
import type { MesosClusterSpecInput } from "../../../../../src/api/crd/v1alpha1/mesos-cluster/spec.ts";
import {
  decideMesosCluster,
  type ClusterPlan,
} from "../../../../../src/domain/operator/mesos-cluster/decide.ts";
import {
  makeNode,
  makePod,
  makeSeen,
  type SeenInput,
} from "../../../../support/mesos-cluster/make-seen.ts";
import { applied, conditions, others } from "../../../../support/mesos-cluster/read-plan.ts";
import {
  LEADER_STATUS,
  readySidecarWorld,
  settle,
  sidecar,
} from "../../../../support/mesos-cluster/ready-world.ts";

describe("decideMesosCluster for masters", () => {
  it("keeps the leader's label on the leader alone", () => {
    const former = makePod({
      name: "operator-b",
      revision: "",
      labels: { "orchestrator.io/leader": "true" },
    });
    const plan = decideMesosCluster(
      makeSeen({ operatorPods: [sidecar, former], status: LEADER_STATUS }),
    );
    expect(others(plan)).to.deep.equal(["unmark operator-b", "mark operator-a"]);
  });

  it("takes the label from a sidecar whose cluster has masters of its own now, unless it leads another", () => {
    const spec: MesosClusterSpecInput = { masters: { placement: "Dedicated", replicas: 1 } };
    const input: SeenInput = {
      spec,
      masterPods: [makePod({ name: "mesos-master-0" })],
      operatorPods: [{ ...sidecar, labels: { "orchestrator.io/leader": "true" } }],
      status: { leader: { pod: "mesos-master-0" } },
    };
    expect(others(decideMesosCluster(makeSeen(input)))).to.deep.equal([
      "unmark operator-a",
      "mark mesos-master-0",
    ]);
    const another = { namespace: "orchestrator", name: "b", createdMs: 1, sidecar: true };
    expect(others(decideMesosCluster(makeSeen({ ...input, others: [another] })))).to.deep.equal([
      "mark mesos-master-0",
    ]);
  });

  describe("moving masters from the sidecar to a StatefulSet", () => {
    const spec: MesosClusterSpecInput = { masters: { placement: "Dedicated", replicas: 1 } };
    const selectorOf = (plan: ClusterPlan): unknown => {
      const action = plan.actions.find(
        (one) =>
          one.kind === "apply" && one.child.kind === "Service" && one.child.name === "mesos-master",
      );
      const body = action?.kind === "apply" ? action.child.manifest.spec : undefined;
      return (body as { selector: Record<string, string> }).selector["app.kubernetes.io/component"];
    };

    it("leaves the Service with the sidecar until the new masters are ready", () => {
      const moving = makeSeen({ ...readySidecarWorld(), spec, status: LEADER_STATUS });
      const plan = decideMesosCluster(moving);
      expect(selectorOf(plan)).to.equal("operator");
      expect(applied(plan)).to.include("StatefulSet/mesos-master");
      expect(conditions(plan)).to.include({ Reconciling: "True Creating" });
    });

    it("moves the Service when they are", () => {
      const masterPods = [makePod({ name: "mesos-master-0", revision: "new" })];
      const moving = makeSeen({ ...readySidecarWorld(), spec, status: LEADER_STATUS, masterPods });
      expect(selectorOf(decideMesosCluster(moving))).to.equal("master");
    });

    it("moves back before it removes the StatefulSet", () => {
      const masterPods = [makePod({ name: "mesos-master-0", revision: "new" })];
      const status = { leader: { pod: "mesos-master-0" } };
      const fresh = makeSeen({
        spec,
        status,
        masterPods,
        operatorPods: [sidecar],
        nodes: [makeNode("n1")],
      });
      const dedicated = settle(fresh, decideMesosCluster(fresh), masterPods);
      const back = makeSeen({ ...dedicated, spec: {}, status });
      const first = decideMesosCluster(back);
      expect(selectorOf(first)).to.equal("operator");
      expect(others(first)).not.to.include("remove StatefulSet/mesos-master");
      const second = decideMesosCluster(
        makeSeen({ ...settle(back, first, masterPods), spec: {}, status }),
      );
      expect(others(second)).to.include("remove StatefulSet/mesos-master");
    });
  });
});
