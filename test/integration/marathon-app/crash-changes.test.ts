import { expect } from "chai";
import type { ServiceObject } from "../../../src/reconcilers/marathon-app/ports.ts";
import { APP_LABEL } from "../../../src/domain/marathon/manifests/names.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeKind } from "../../../src/runtime/kube/kube-kind.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import { useCluster } from "../../support/cluster.ts";
import { isNoStatus } from "../../support/kubernetes/mortal-kube.ts";
import { AppWorld } from "../../support/marathon/app-world.ts";

const withPorts = (ports: readonly number[]) => ({
  networks: [{ mode: "container/bridge" }],
  container: {
    type: "DOCKER",
    docker: { image: "nginx" },
    portMappings: ports.map((containerPort) => ({ containerPort })),
  },
});

/** Changes that every app goes through, one after the other. */
const changes: Record<string, object> = {
  "rolls with one more port": withPorts([80, 81]),
  "scales up": { instances: 3 },
  "is suspended": { instances: 0 },
  "is resumed": { instances: 1 },
};

describe("MarathonApp controller that dies after a write of a change", function () {
  this.timeout(240_000);
  const cluster = useCluster("control-plane", { kwokNodes: 4, crds: true });
  let world: AppWorld;
  const pictures = new Map<string, object>();
  const writesOf = new Map<string, readonly string[]>();

  before(async function () {
    this.timeout(300_000);
    world = await AppWorld.start((await cluster()).kubeconfigPath);
    await goThroughChanges("calm");
  });
  after(() => world.stop());

  async function listOf<T extends KubeObject>(kind: KubeKind, name: string): Promise<readonly T[]> {
    const where = { kind, namespace: world.namespace, labelSelector: `${APP_LABEL}=${name}` };
    const { items } = await world.kube.transport.list<T>(where, {
      signal: AbortSignal.timeout(10_000),
    });
    return items;
  }

  /** What there is of the app, without names and times. */
  async function picture(name: string): Promise<object> {
    const app = await world.app(name);
    const rollout = await world.rollout(name);
    const services = await listOf<ServiceObject & { spec: { ports: object[] } }>(
      KINDS.Service,
      name,
    );
    const budgets = await listOf<KubeObject & { spec: { minAvailable: number } }>(
      KINDS.PodDisruptionBudget,
      name,
    );
    const versions = await listOf<KubeObject & { binaryData: object }>(KINDS.ConfigMap, name);
    return {
      ready: app?.status?.conditions?.map(
        ({ type, status, reason }) => `${type} ${status} ${reason}`,
      ),
      tasks: app?.status?.tasks,
      rolloutGeneration: rollout?.metadata.generation,
      rolloutRevision: rollout?.metadata.annotations?.["rollout.argoproj.io/revision"],
      replicaSets: (await listOf(KINDS.ReplicaSet, name)).length,
      pods: (await world.pods(name)).length,
      servicePorts: services.map(({ spec }) => spec.ports.length),
      budgets: budgets.map(({ spec }) => spec.minAvailable),
      versions: versions.map(({ binaryData }) => Object.keys(binaryData).length),
    };
  }

  async function settled(name: string, instances: number): Promise<object> {
    const running = async () => (await world.app(name))?.status?.tasks?.running;
    const pods = async () => (await world.pods(name)).length;
    await world.until(
      `${name} has ${instances} instances and says so`,
      async () => (await pods()) === instances && (await running()) === instances,
    );
    await world.untilReady(name, instances === 0 ? "ScaledToZero" : "Running");
    return picture(name);
  }

  const instancesOf = (change: object): number =>
    "instances" in change ? (change.instances as number) : 2;

  /** With a controller that lives: what is there after each change, and by which writes. */
  async function goThroughChanges(name: string): Promise<void> {
    await world.createApp(name, withPorts([80]));
    await settled(name, 2);
    for (const [change, spec] of Object.entries(changes)) {
      world.controller.writes.length = 0;
      await world.patchApp(name, spec);
      pictures.set(change, await settled(name, instancesOf(spec)));
      writesOf.set(change, world.controller.writes.filter(isNoStatus));
    }
  }

  for (const position of [1, 2, 3]) {
    it(`ends the same with a death after write ${position} of each`, async () => {
      const name = `crash-${position}`;
      await world.createApp(name, withPorts([80]));
      await settled(name, 2);
      for (const [change, spec] of Object.entries(changes)) {
        const isReached = position <= writesOf.get(change)!.length;
        await world.controller.restart(isReached ? position : Infinity);
        await world.patchApp(name, spec);
        if (isReached) await world.controller.untilDied(position);
        const end = await settled(name, instancesOf(spec));
        expect(end, change).to.deep.equal(pictures.get(change));
      }
      await world.kubectl("delete", "marathonapp", name);
      await world.until("its Pods are gone", async () => (await world.pods(name)).length === 0);
    });
  }
});
