import { expect } from "chai";
import type { MesosCluster } from "../../../../src/api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import { MesosClusterSpec } from "../../../../src/api/crd/v1alpha1/mesos-cluster/spec.ts";
import type { MesosClusterStatus } from "../../../../src/api/crd/v1alpha1/mesos-cluster/status.ts";
import type { KubeObject } from "../../../../src/runtime/kube/kube-object.ts";
import { clusterOfSidecar } from "../../../../src/processes/master/sidecar.ts";

function cluster(election?: MesosClusterStatus["election"]): MesosCluster & KubeObject {
  return {
    apiVersion: "orchestrator.io/v1alpha1",
    kind: "MesosCluster",
    metadata: {
      name: "mesos",
      namespace: "orchestrator",
      creationTimestamp: "2026-01-01T00:00:00Z",
    },
    spec: MesosClusterSpec.parse({}),
    ...(election === undefined ? {} : { status: { election } }),
  };
}

describe("clusterOfSidecar (MES-02, HA-12)", () => {
  it("takes a cluster that nobody leads yet, or whose masters hold the Lease", () => {
    for (const election of [undefined, "Lease"] as const) {
      expect(clusterOfSidecar([cluster(election)])?.metadata.name).to.equal("mesos");
    }
  });

  it("waits while masters are elected in ZooKeeper: it knows the Lease only, and would lead beside them", () => {
    for (const election of ["ZooKeeper", "Both"] as const) {
      expect(clusterOfSidecar([cluster(election)])).to.equal(undefined);
    }
  });
});
