import { expect } from "chai";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import { useCluster } from "../../support/cluster.ts";
import { ClusterWorld } from "../../support/mesos-cluster/cluster-world.ts";

interface SetObject extends KubeObject {
  readonly spec: {
    readonly replicas: number;
    readonly template: {
      readonly spec: { readonly containers: readonly { readonly image: string }[] };
    };
  };
}

describe("MesosCluster controller on the real API server", function () {
  this.timeout(180_000);
  const cluster = useCluster("control-plane", { kwokNodes: 4, crds: true });
  let world: ClusterWorld;

  before(async function () {
    this.timeout(300_000);
    world = await ClusterWorld.start((await cluster()).kubeconfigPath);
  });
  after(() => world.stop());
  afterEach("the shipped role is enough", () => {
    expect(world.refusals).to.deep.equal([]);
  });

  const names = async (name: string, component: "master" | "agent"): Promise<string[]> =>
    (await world.pods(name, component)).map(({ metadata }) => metadata.name);
  const images = async (name: string, component: "master" | "agent"): Promise<Set<string>> => {
    const pods = await world.pods(name, component);
    return new Set(
      pods.map((pod) => {
        const { containers } = pod.spec as unknown as { containers: readonly { image: string }[] };
        return containers[0]?.image ?? "";
      }),
    );
  };

  it("brings up masters and one agent per node, and then writes nothing (MES-01)", async () => {
    await world.create("steady", { masters: { replicas: 3 } });
    await world.untilReady("steady");
    expect(await names("steady", "master")).to.deep.equal([
      "steady-master-0",
      "steady-master-1",
      "steady-master-2",
    ]);
    expect(await names("steady", "agent")).to.have.length(4);
    const { status } = (await world.cluster("steady")) ?? {};
    expect(status?.masters).to.include({ desired: 3, ready: 3, updated: 3 });
    expect(status?.agents).to.include({ desired: 4, updated: 4 });

    await world.untilQuiet("steady");
    world.controller.writes.length = 0;
    await world.lookAgain("steady");
    expect(world.controller.writes).to.deep.equal([]);
  });

  it("keeps the leader's label on the leader, whoever leads", async () => {
    const leader = async (): Promise<string[]> =>
      (await world.pods("steady", "master"))
        .filter(({ metadata }) => metadata.labels?.["orchestrator.io/leader"] === "true")
        .map(({ metadata }) => metadata.name);
    await world.until("a leader is marked", async () => (await leader()).length === 1);
    const [first = ""] = await leader();
    await world.kube.transport.delete(
      { kind: KINDS.Pod, namespace: world.namespace, name: first },
      { signal: AbortSignal.timeout(10_000), gracePeriodSeconds: 0 },
    );
    await world.until("another is marked", async () => {
      const marked = await leader();
      return (
        marked.length === 1 && marked[0] === (await world.cluster("steady"))?.status?.leader?.pod
      );
    });
  });

  it("scales masters up and down", async () => {
    await world.edit("steady", { spec: { masters: { replicas: 5 } } });
    await world.until("five masters", async () => (await names("steady", "master")).length === 5);
    await world.untilReady("steady");
    await world.edit("steady", { spec: { masters: { replicas: 1 } } });
    await world.until("one master", async () => (await names("steady", "master")).length === 1);
    await world.untilReady("steady");
    expect(await world.get(KINDS.PodDisruptionBudget, "steady-master")).to.equal(undefined);
  });

  it("says what it would do with mode Plan, and does nothing", async () => {
    await world.edit("steady", { spec: { mode: "Plan", image: "orchestrator:2" } });
    await world.until("the plan is told", async () => {
      const plan = (await world.cluster("steady"))?.status?.plan;
      return plan?.children.some(({ restartsPods }) => restartsPods) === true;
    });
    const plan = (await world.cluster("steady"))?.status?.plan;
    const changed = plan?.children.filter(({ action }) => action !== "None");
    expect(
      changed?.map(
        ({ kind, name, action, restartsPods }) => `${action} ${kind}/${name} ${restartsPods}`,
      ),
    ).to.deep.equal([
      "Update StatefulSet/steady-master true",
      "Update DaemonSet/steady-agent true",
    ]);
    const set = await world.get<SetObject>(KINDS.StatefulSet, "steady-master");
    expect(set?.spec.template.spec.containers[0]?.image).to.equal("orchestrator:1");
    await world.edit("steady", { spec: { mode: "Apply", image: null } });
    await world.untilReady("steady");
    expect((await world.cluster("steady"))?.status?.plan).to.equal(undefined);
  });

  it("changes nothing while paused, and catches up after", async () => {
    await world.edit("steady", { spec: { paused: true, masters: { replicas: 2 } } });
    await world.until(
      "paused",
      async () => (await world.condition("steady", "ReconciliationPaused")) === "True Paused",
    );
    expect(
      (await world.get<SetObject>(KINDS.StatefulSet, "steady-master"))?.spec.replicas,
    ).to.equal(1);
    await world.edit("steady", { spec: { paused: false } });
    await world.until("two masters", async () => (await names("steady", "master")).length === 2);
    await world.untilReady("steady");
  });

  it("rolls masters and agents to a new image, the leader last, one agent first", async () => {
    await world.edit("steady", {
      spec: { agents: { updateStrategy: { canarySeconds: 2 } } },
    });
    await world.untilReady("steady");
    const before = (await world.cluster("steady"))?.status?.leader?.pod;
    world.controller.writes.length = 0;
    await world.edit("steady", { spec: { image: "orchestrator:2" } });
    await world.until(
      "all run the new image",
      async () => {
        const all = [...(await images("steady", "master")), ...(await images("steady", "agent"))];
        return all.every((image) => image === "orchestrator:2");
      },
      120_000,
    );
    await world.untilReady("steady");
    const masters = world.controller.writes.filter((write) =>
      write.startsWith("delete Pod/steady-master"),
    );
    expect(masters).to.have.length(2);
    expect(masters.at(-1)).to.equal(`delete Pod/${before ?? ""}`);
  });

  it("puts back what somebody changes, and makes anew what somebody deletes", async () => {
    const service = { kind: KINDS.Service, namespace: world.namespace, name: "steady-master" };
    const signal = AbortSignal.timeout(60_000);
    await world.kube.transport.patch(
      service,
      { type: "merge", patch: { spec: { selector: { app: "other" } } } },
      { signal },
    );
    await world.until("the selector is back", async () => {
      const live = await world.get<KubeObject & { spec: { selector: Record<string, string> } }>(
        KINDS.Service,
        "steady-master",
      );
      return live?.spec.selector["orchestrator.io/cluster"] === "steady";
    });
    const { uid } = (await world.get(KINDS.ConfigMap, "steady-agent"))?.metadata ?? {};
    await world.kube.transport.delete(
      { ...service, kind: KINDS.ConfigMap, name: "steady-agent" },
      { signal },
    );
    await world.until("the ConfigMap is back", async () => {
      const live = await world.get(KINDS.ConfigMap, "steady-agent");
      return live !== undefined && live.metadata.uid !== uid;
    });
  });

  it("leaves nothing behind when deleted, and the children with deletionPolicy Orphan", async () => {
    const children = async (name: string): Promise<readonly KubeObject[]> => {
      const selection = {
        kind: KINDS.Service,
        namespace: world.namespace,
        labelSelector: `orchestrator.io/cluster=${name}`,
      };
      const { items } = await world.kube.transport.list(selection, {
        signal: AbortSignal.timeout(10_000),
      });
      return items;
    };
    await world.edit("steady", { spec: { deletionPolicy: "Orphan" } });
    await world.until("the children have no owner", async () => {
      const set = await world.get(KINDS.StatefulSet, "steady-master");
      return (set?.metadata.ownerReferences ?? []).length === 0;
    });
    await world.untilReady("steady");
    await world.remove("steady");
    await world.until("it is gone", async () => (await world.cluster("steady")) === undefined);
    const left = await children("steady");
    expect(left).to.have.length(4);
    for (const { metadata } of left) {
      // Without an owner that went, nobody collects it.
      expect(metadata.ownerReferences ?? [], metadata.name).to.deep.equal([]);
      expect(metadata.deletionTimestamp, metadata.name).to.equal(undefined);
    }

    // The next object of that name takes them over: their image is rolled back to the default.
    await world.create("steady", { agents: { updateStrategy: { canarySeconds: 1 } } });
    await world.untilReady("steady");
    expect(await images("steady", "agent")).to.deep.equal(new Set(["orchestrator:1"]));
    await world.remove("steady");
    await world.until("all is gone", async () => (await children("steady")).length === 0);
  });

  it("says so while nobody has let the cluster's accounts read the cluster, and goes on by itself when somebody does", async () => {
    await world.unbindAccounts();
    await world.create("foreign", { masters: { placement: "Dedicated" } });
    await world.until(
      "it is stalled",
      async () => (await world.condition("foreign", "Stalled")) === "True Forbidden",
    );
    await world.bindAccounts();
    await world.untilReady("foreign");
    expect(await world.condition("foreign", "Stalled")).to.equal("");
    await world.remove("foreign");
  });
});
