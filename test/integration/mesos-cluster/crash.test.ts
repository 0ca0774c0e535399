import { expect } from "chai";
import { CHILD_KINDS } from "../../../src/domain/operator/mesos-cluster/observed.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import { useCluster } from "../../support/cluster.ts";
import { isNoStatus } from "../../support/kubernetes/mortal-kube.ts";
import { ClusterWorld } from "../../support/mesos-cluster/cluster-world.ts";

describe("MesosCluster controller that dies after each write", function () {
  this.timeout(240_000);
  const cluster = useCluster("control-plane", { kwokNodes: 4, crds: true });
  let world: ClusterWorld;
  /** Of an install by a controller that lives: what there is, and after how many writes. */
  let whole: readonly string[] = [];
  let writesOfInstall = 0;

  before(async function () {
    this.timeout(300_000);
    world = await ClusterWorld.start((await cluster()).kubeconfigPath);
    await world.create("calm");
    await world.untilReady("calm");
    whole = await picture("calm");
    writesOfInstall = world.controller.writes.filter(isNoStatus).length;
    await removed("calm");
  });
  after(() => world.stop());

  /** Everything of ours in the namespace, without what the server or time decides. */
  async function picture(name: string): Promise<readonly string[]> {
    const lines: string[] = [];
    for (const kind of CHILD_KINDS) {
      const { items } = await world.kube.transport.list(
        {
          kind: KINDS[kind],
          namespace: world.namespace,
          labelSelector: `orchestrator.io/cluster=${name}`,
        },
        { signal: AbortSignal.timeout(10_000) },
      );
      for (const { metadata } of items) {
        lines.push(
          `${kind}/${metadata.name.replace(name, "<c>")} ${metadata.ownerReferences?.length ?? 0}`,
        );
      }
    }
    return lines.sort();
  }

  async function removed(name: string): Promise<void> {
    await world.remove(name);
    await world.until("it is gone", async () => (await picture(name)).length === 0);
  }

  it("installs in a known number of writes when it lives", () => {
    expect(whole).to.have.length(13);
    expect(writesOfInstall).to.be.within(13, 24);
  });

  it("converges to the same objects from a death after any of them", async function () {
    this.timeout(600_000);
    for (let count = 1; count <= writesOfInstall; count += 1) {
      const name = `crash-${count}`;
      await world.controller.restart(count);
      await world.create(name);
      await world.controller.untilDied(count);
      await world.untilReady(name);
      expect(await picture(name), `after write ${count}`).to.deep.equal(whole);
      await removed(name);
    }
  });
});
