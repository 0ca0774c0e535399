import { expect } from "chai";
import { TASK_FINALIZER } from "../../../src/domain/operator/task-release.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import { useCluster } from "../../support/cluster.ts";
import { ClusterWorld } from "../../support/mesos-cluster/cluster-world.ts";

describe("task Pods whose agent is gone", function () {
  this.timeout(120_000);
  const cluster = useCluster("control-plane", { kwokNodes: 4, crds: true });
  let world: ClusterWorld;

  before(async function () {
    this.timeout(300_000);
    world = await ClusterWorld.start((await cluster()).kubeconfigPath);
  });
  after(() => world.stop());

  async function runTask(name: string, pool: string, nodeName: string): Promise<void> {
    const owner = await world.cluster(pool);
    const { uid = "" } = owner?.metadata ?? {};
    const pod = {
      metadata: {
        name,
        namespace: world.namespace,
        labels: { "orchestrator.io/kind": "task", "orchestrator.io/pool": pool },
        finalizers: [TASK_FINALIZER],
        ownerReferences: [
          { apiVersion: "orchestrator.io/v1alpha1", kind: "MesosCluster", name: pool, uid },
        ],
      },
      spec: {
        nodeName,
        automountServiceAccountToken: false,
        tolerations: [{ operator: "Exists" }],
        containers: [{ name: "task", image: "localhost/none" }],
      },
    };
    await world.kube.transport.create(KINDS.Pod, pod, {
      signal: AbortSignal.timeout(10_000),
    });
  }

  it("end when their cluster is deleted, whatever runs", async () => {
    await world.create("going");
    await world.untilReady("going");
    const [agent] = await world.pods("going", "agent");
    await runTask("mt-1", "going", agent?.spec?.nodeName ?? "");
    await world.remove("going");
    await world.until("the task is gone", async () => {
      return (await world.get(KINDS.Pod, "mt-1")) === undefined;
    });
  });

  it("stay as long as their agent may still come for them", async () => {
    await world.create("staying");
    await world.untilReady("staying");
    const [agent] = await world.pods("staying", "agent");
    await runTask("mt-2", "staying", agent?.spec?.nodeName ?? "");
    await world.kube.transport.delete(
      { kind: KINDS.Pod, namespace: world.namespace, name: "mt-2" },
      { signal: AbortSignal.timeout(10_000) },
    );
    await world.create("other", { masters: { replicas: 1 }, agents: { enabled: false } });
    await world.remove("other");
    await world.until("another cluster went", async () => {
      return (await world.cluster("other")) === undefined;
    });
    const pod = await world.get(KINDS.Pod, "mt-2");
    expect(pod?.metadata.finalizers).to.deep.equal([TASK_FINALIZER]);
    await world.remove("staying");
    await world.until("the task is gone", async () => {
      return (await world.get(KINDS.Pod, "mt-2")) === undefined;
    });
  });
});
