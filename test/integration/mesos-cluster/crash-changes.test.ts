import { expect } from "chai";
import { CHILD_KINDS } from "../../../src/domain/operator/mesos-cluster/observed.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { JsonObject } from "../../../src/runtime/kube/kube-object.ts";
import { useCluster } from "../../support/cluster.ts";
import { isNoStatus } from "../../support/kubernetes/mortal-kube.ts";
import { ClusterWorld } from "../../support/mesos-cluster/cluster-world.ts";

const spec = { agents: { updateStrategy: { canarySeconds: 1 } } };
/** Changes that every cluster goes through, one after the other. */
const changes: Record<string, JsonObject> = {
  "gets two masters more": { masters: { replicas: 3 } },
  "rolls masters and agents to a new image": { image: "orchestrator:2" },
};
/** Of the writes of each change; all of them are gone through in the simulation. */
const POSITIONS = [3, 10];

describe("MesosCluster controller that dies after a write of a change", function () {
  this.timeout(240_000);
  const cluster = useCluster("control-plane", { kwokNodes: 4, crds: true });
  let world: ClusterWorld;
  const pictures = new Map<string, object>();
  const writesOf = new Map<string, number>();

  before(async function () {
    this.timeout(300_000);
    world = await ClusterWorld.start((await cluster()).kubeconfigPath);
    await goThroughChanges("calm");
  });
  after(() => world.stop());

  /** What there is of the cluster, without names of Pods and times. */
  async function picture(name: string): Promise<object> {
    const where = { namespace: world.namespace, labelSelector: `orchestrator.io/cluster=${name}` };
    const signal = AbortSignal.timeout(10_000);
    const objects: string[] = [];
    for (const kind of [...CHILD_KINDS, "ControllerRevision"] as const) {
      const { items } = await world.kube.transport.list(
        { kind: KINDS[kind], ...where },
        { signal },
      );
      const generations = items.map(({ metadata }) => metadata.generation ?? "");
      objects.push(`${items.length} ${kind} ${generations.sort().join(" ")}`);
    }
    const { status } = (await world.cluster(name)) ?? {};
    return {
      objects,
      masters: (await world.pods(name, "master")).length,
      agents: (await world.pods(name, "agent")).length,
      conditions: status?.conditions?.map((one) => `${one.type} ${one.status} ${one.reason}`),
      updated: [status?.masters?.updated, status?.agents?.updated],
    };
  }

  /** All Pods are of the wanted template, and the sets remember that they are. */
  async function settled(name: string): Promise<object> {
    await world.until(
      `${name} is rolled`,
      async () => {
        const { metadata, status } = (await world.cluster(name)) ?? {};
        const { masters, agents, phase } = status ?? {};
        return (
          status?.observedGeneration === metadata?.generation &&
          phase === "Ready" &&
          masters?.updated === masters?.desired &&
          agents?.updated === agents?.desired
        );
      },
      90_000,
    );
    return picture(name);
  }

  /** With a controller that lives: what is there after each change, and in how many writes. */
  async function goThroughChanges(name: string): Promise<void> {
    await world.create(name, spec);
    await settled(name);
    for (const [change, patch] of Object.entries(changes)) {
      world.controller.writes.length = 0;
      await world.edit(name, { spec: patch });
      pictures.set(change, await settled(name));
      writesOf.set(change, world.controller.writes.filter(isNoStatus).length);
    }
    await removed(name);
  }

  /** Its agents have left the ports of the nodes to the next one. */
  async function removed(name: string): Promise<void> {
    await world.remove(name);
    await world.until("its Pods are gone", async () => {
      const pods = [...(await world.pods(name, "master")), ...(await world.pods(name, "agent"))];
      return pods.length === 0;
    });
  }

  for (const position of POSITIONS) {
    it(`ends the same with a death after write ${position} of each`, async () => {
      const name = `crash-${position}`;
      await world.create(name, spec);
      await settled(name);
      for (const [change, patch] of Object.entries(changes)) {
        const isReached = position <= writesOf.get(change)!;
        await world.controller.restart(isReached ? position : Infinity);
        await world.edit(name, { spec: patch });
        if (isReached) await world.controller.untilDied(position);
        expect(await settled(name), change).to.deep.equal(pictures.get(change));
      }
      await removed(name);
    });
  }
});
