import { expect } from "chai";
import { useCluster } from "../../support/cluster.ts";
import { AppWorld } from "../../support/marathon/app-world.ts";

describe("MarathonApp on the real Rollouts controller", function () {
  this.timeout(120_000);
  const cluster = useCluster("control-plane", { kwokNodes: 4, crds: true });
  let world: AppWorld;

  before(async function () {
    this.timeout(300_000);
    world = await AppWorld.start((await cluster()).kubeconfigPath);
  });
  after(() => world.stop());

  it("brings a new app to Running, with a version, a Rollout, a Service and a budget", async () => {
    await world.createApp("web", {
      container: {
        type: "DOCKER",
        docker: { image: "nginx" },
        portMappings: [{ containerPort: 80, name: "http" }],
      },
      networks: [{ mode: "container/bridge" }],
    });
    const { status } = await world.untilReady("web");
    expect(status?.tasks).to.deep.equal({ staged: 0, running: 2, healthy: 0, unhealthy: 0 });
    expect(status?.instances).to.equal(2);
    expect(status?.version).to.match(/^\d{4}-.*\.\d{3}Z$/);
    const [servicePort] = status?.servicePorts ?? [];
    expect(servicePort).to.be.within(10_000, 19_999);
    const service = JSON.parse(await world.kubectl("get", "service", "web", "-o", "json")) as {
      spec: { ports: { port: number; targetPort: number }[] };
    };
    expect(service.spec.ports[0]).to.include({ port: servicePort, targetPort: 80 });
    expect(await world.kubectl("get", "pdb", "web", "-o", "name")).to.contain("web");
  });

  it("writes nothing while nothing changes", async () => {
    await world.createApp("quiet");
    await world.untilReady("quiet");
    await world.untilQuiet("quiet");
    world.controller.writes.length = 0;
    await world.lookAgain("quiet");
    expect(world.controller.writes).to.deep.equal([]);
    // One that remembers nothing has nothing to hold back either.
    await world.controller.restart();
    await world.lookAgain("quiet");
    expect(world.controller.writes).to.deep.equal([]);
  });

  it("scales by kubectl on the app and on the Rollout", async () => {
    await world.createApp("scaled", { instances: 1 });
    await world.untilReady("scaled");
    const before = await world.app("scaled");
    await world.kubectl("scale", "marathonapp", "scaled", "--replicas=3");
    await world.until(
      "3 run",
      async () => (await world.app("scaled"))?.status?.tasks?.running === 3,
    );
    await world.untilReady("scaled");
    await world.kubectl("scale", "rollout", "scaled", "--replicas=2");
    await world.until(
      "the app follows",
      async () => (await world.app("scaled"))?.spec.instances === 2,
    );
    const after = await world.untilReady("scaled");
    expect(after.status?.versionInfo?.lastConfigChangeAt).to.equal(
      before?.status?.versionInfo?.lastConfigChangeAt,
    );
    expect(after.status?.version).to.not.equal(before?.status?.version);
  });

  it("rolls a changed configuration and keeps nothing of a deleted app", async () => {
    await world.createApp("changing");
    await world.untilReady("changing");
    const hash = (await world.rollout("changing"))?.status as { currentPodHash?: string };
    await world.patchApp("changing", { cmd: "sleep 2000" });
    await world.until("a new template is live", async () => {
      const now = (await world.rollout("changing"))?.status as { currentPodHash?: string };
      return now.currentPodHash !== hash.currentPodHash;
    });
    await world.untilReady("changing");
    await world.kubectl("delete", "marathonapp", "changing");
    await world.until("the pods are gone", async () => (await world.pods("changing")).length === 0);
  });

  it("only says what it would do in mode Plan", async () => {
    await world.createApp("planned", { mode: "Plan" });
    await world.until("the plan is there", async () => {
      const children = (await world.app("planned"))?.status?.plan?.children ?? [];
      return children.some(({ kind, action }) => kind === "Rollout" && action === "Create");
    });
    expect(await world.rollout("planned")).to.equal(undefined);
  });

  it("leaves the instances of a deleted app running with deletionPolicy Orphan", async () => {
    await world.createApp("orphan", { deletionPolicy: "Orphan" });
    await world.untilReady("orphan");
    await world.kubectl("delete", "marathonapp", "orphan");
    await world.until("it is gone", async () => (await world.app("orphan")) === undefined);
    const left = await world.rollout("orphan");
    expect(left?.spec?.replicas).to.equal(2);
    // Without an owner that went, nobody collects it.
    expect(left?.metadata.ownerReferences ?? []).to.deep.equal([]);
    expect(left?.metadata.deletionTimestamp).to.equal(undefined);
    await world.createApp("orphan");
    await world.untilReady("orphan");
    expect((await world.rollout("orphan"))?.metadata.ownerReferences).to.have.length(1);
  });

  it("starts an app after the one it depends on", async () => {
    world.opensGates = false;
    await world.createApp("db", { instances: 1 });
    await world.createApp("front", { instances: 1, dependencies: ["/db"] });
    await world.untilReady("front", "WaitingForDependencies");
    expect(await world.rollout("front")).to.equal(undefined);
    world.opensGates = true;
    await world.untilReady("db");
    await world.untilReady("front");
  });
});
