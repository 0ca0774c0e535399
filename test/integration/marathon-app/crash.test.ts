import { expect } from "chai";
import { useCluster } from "../../support/cluster.ts";
import { AppWorld } from "../../support/marathon/app-world.ts";

describe("MarathonApp controller that dies after each write", function () {
  this.timeout(300_000);
  const cluster = useCluster("control-plane", { kwokNodes: 4, crds: true });
  let world: AppWorld;

  before(async function () {
    this.timeout(300_000);
    world = await AppWorld.start((await cluster()).kubeconfigPath);
  });
  after(() => world.stop());

  for (const writes of [1, 2, 3, 4]) {
    it(`converges to one version when it dies after write ${writes}`, async () => {
      const name = `crash-${writes}`;
      await world.controller.restart(writes);
      const container = { type: "DOCKER", docker: { image: "nginx" } };
      const networks = [{ mode: "container/bridge" }];
      await world.createApp(name, { container, networks });
      await world.controller.untilDied(writes);
      const { status } = await world.untilReady(name);
      const versions = JSON.parse(
        await world.kubectl("get", "configmap", `${name}-versions`, "-o", "json"),
      ) as { binaryData: Record<string, string> };
      expect(Object.keys(versions.binaryData)).to.have.length(1);
      expect(status?.tasks?.running).to.equal(2);
    });
  }
});
