import { expect } from "chai";
import type { MesosClusterSpecInput } from "../../../../../src/api/crd/v1alpha1/mesos-cluster/spec.ts";
import { decideMesosCluster } from "../../../../../src/domain/operator/mesos-cluster/decide.ts";
import type { Seen } from "../../../../../src/domain/operator/mesos-cluster/observed.ts";
import { makeSeen } from "../../../../support/mesos-cluster/make-seen.ts";
import { applied, conditions, others } from "../../../../support/mesos-cluster/read-plan.ts";
import { readySidecarWorld } from "../../../../support/mesos-cluster/ready-world.ts";

describe("decideMesosCluster", () => {
  it("makes the children of a sidecar cluster in the order in which they are used", () => {
    expect(applied(decideMesosCluster(makeSeen()))).to.deep.equal([
      "RoleBinding/mesos-master",
      "ServiceAccount/mesos-agent",
      "RoleBinding/mesos-agent",
      "ConfigMap/mesos-agent",
      "Service/mesos-master",
      "Service/mesos-master-leader",
      "Service/mesos-agent",
      "NetworkPolicy/mesos-master-sidecar",
      "NetworkPolicy/mesos-agent",
      "DaemonSet/mesos-agent",
    ]);
  });

  it("makes a StatefulSet with peers, account and budget for Dedicated masters", () => {
    const plan = decideMesosCluster(makeSeen({ spec: { masters: { placement: "Dedicated" } } }));
    expect(applied(plan)).to.include.members([
      "ServiceAccount/mesos-master",
      "Service/mesos-master-peers",
      "PodDisruptionBudget/mesos-master",
      "StatefulSet/mesos-master",
    ]);
  });

  it("makes no budget for a single master", () => {
    const spec: MesosClusterSpecInput = { masters: { placement: "Dedicated", replicas: 1 } };
    expect(applied(decideMesosCluster(makeSeen({ spec })))).not.to.include(
      "PodDisruptionBudget/mesos-master",
    );
  });

  it("is installing, not degraded, until all is there for the first time", () => {
    const plan = decideMesosCluster(makeSeen());
    expect(plan.status.phase).to.equal("Progressing");
    expect(conditions(plan)).to.include({
      Ready: "False NoLeader",
      Reconciling: "True Creating",
    });
  });

  const rollsAhead: Record<string, (seen: Seen) => Seen> = {
    "a restart is asked for": (seen) => {
      const annotations = { "orchestrator.io/restart-at": "2026-11-21T12:00:00Z" };
      const { cluster } = seen;
      const metadata = { ...cluster.metadata, annotations };
      return { ...seen, cluster: { ...cluster, metadata } };
    },
    "the operator's image is another": (seen) => ({
      ...seen,
      operator: { ...seen.operator, image: "orchestrator:2", nodeImage: "orchestrator-node:2" },
    }),
  };
  for (const [name, change] of Object.entries(rollsAhead)) {
    it(`says that it rolls from the very look in which ${name}`, () => {
      const plan = decideMesosCluster(change(readySidecarWorld()));
      expect(plan.status.phase).to.equal("Progressing");
      expect(conditions(plan)).to.include({ Reconciling: "True RollingAgents" });
    });
  }

  it("is ready and writes nothing new once what it asked for is there", () => {
    const seen = readySidecarWorld();
    const plan = decideMesosCluster(seen);
    expect(conditions(plan)).to.deep.equal({
      Ready: "True AllReady",
      LeaderElected: "True LeaderElected",
      MastersReady: "True MastersReady",
      AgentsReady: "True AgentsReady",
    });
    expect(plan.status.phase).to.equal("Ready");
    expect(others(plan)).to.deep.equal([]);
    for (const action of plan.actions) {
      if (action.kind !== "apply") continue;
      const live = seen.children.find(
        ({ kind, name }) => kind === action.child.kind && name === action.child.name,
      );
      expect(live?.raw).to.deep.include(action.child.manifest);
    }
  });

  it("is degraded when a part fails that once was complete", () => {
    const world = readySidecarWorld();
    const plan = decideMesosCluster({
      ...world,
      agentPods: world.agentPods.map((pod) => ({ ...pod, ready: false })),
    });
    expect(plan.status.phase).to.equal("Degraded");
    expect(conditions(plan)).to.include({ Ready: "False AgentsNotReady" });
  });
});
