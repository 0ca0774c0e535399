import { expect } from "chai";
import { useCluster } from "../../support/cluster.ts";
import { AppWorld } from "../../support/marathon/app-world.ts";

class Crash extends Error {}

describe("MarathonApp controller that dies after each write", function () {
  this.timeout(300_000);
  const cluster = useCluster("control-plane", { kwokNodes: 4 });
  let world: AppWorld;

  before(async function () {
    this.timeout(300_000);
    world = await AppWorld.start((await cluster()).kubeconfigPath);
  });
  after(() => world.stop());

  /** Lets `count` writes through, then refuses all until the controller is started anew. */
  function dieAfter(count: number): void {
    let left = count;
    world.beforeWrite = () => {
      left -= 1;
      if (left < 0) throw new Crash("dead");
    };
  }

  for (const writes of [1, 2, 3, 4, 5]) {
    it(`converges to one version when it dies after write ${writes}`, async () => {
      const name = `crash-${writes}`;
      dieAfter(writes);
      const container = { type: "DOCKER", docker: { image: "nginx" } };
      const networks = [{ mode: "container/bridge" }];
      await world.createApp(name, { container, networks });
      await world
        .until("it died", () => Promise.resolve(world.writes.length >= writes))
        .catch(() => undefined);
      await world.stopController();
      world.writes.length = 0;
      world.beforeWrite = () => undefined;
      await world.startController();
      const { status } = await world.untilReady(name);
      const versions = JSON.parse(
        await world.kubectl("get", "configmap", `${name}-versions`, "-o", "json"),
      ) as { binaryData: Record<string, string> };
      expect(Object.keys(versions.binaryData)).to.have.length(1);
      expect(status?.tasks?.running).to.equal(2);
    });
  }
});
