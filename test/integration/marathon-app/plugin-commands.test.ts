import { expect } from "chai";
import { useCluster } from "../../support/cluster.ts";
import { AppWorld } from "../../support/marathon/app-world.ts";

const CONTAINER = { type: "DOCKER", docker: { image: "nginx:1" } };

describe("MAR-39 MarathonApp under kubectl argo rollouts", function () {
  this.timeout(120_000);
  const cluster = useCluster("control-plane", { kwokNodes: 4, crds: true });
  let world: AppWorld;

  const argo = (...args: readonly string[]): Promise<string> =>
    world.kubectl("argo", "rollouts", ...args);
  const podHash = async (name: string): Promise<string> => {
    const status = (await world.rollout(name))?.status as { currentPodHash?: string } | undefined;
    return status?.currentPodHash ?? "";
  };
  const phase = async (name: string): Promise<string | undefined> =>
    (await world.rollout(name))?.status?.phase;
  const image = async (name: string): Promise<string | undefined> =>
    (await world.app(name))?.spec.container?.docker?.image;
  const untilPhase = (name: string, wanted: string): Promise<void> =>
    world.until(`${name} is ${wanted}`, async () => (await phase(name)) === wanted);

  before(async function () {
    this.timeout(300_000);
    world = await AppWorld.start((await cluster()).kubeconfigPath);
  });
  after(() => world.stop());

  it("does not fight a canary: it waits at the step, promote finishes it", async () => {
    const rollout = { strategy: "Canary", steps: [{ setWeight: 50 }, { pause: {} }] };
    await world.createApp("canary", { container: CONTAINER, rollout });
    await world.untilReady("canary");
    await world.patchApp("canary", { cmd: "sleep 2000" });
    await untilPhase("canary", "Paused");
    await world.untilReady("canary", "Deploying");
    const shown = await world.app("canary");
    expect(shown?.status?.deployments).to.have.length(1);
    await argo("promote", "canary");
    await world.untilReady("canary");
    expect((await world.app("canary"))?.status?.deployments).to.equal(undefined);
  });

  it("shows an aborted rollout as stalled and serves on with the old version", async () => {
    const rollout = { strategy: "Canary", steps: [{ setWeight: 50 }, { pause: {} }] };
    await world.createApp("aborted", { container: CONTAINER, rollout });
    await world.untilReady("aborted");
    await world.patchApp("aborted", { cmd: "sleep 2000" });
    await untilPhase("aborted", "Paused");
    await argo("abort", "aborted");
    await world.until("stalled", async () => {
      const conditions = (await world.app("aborted"))?.status?.conditions;
      return (
        conditions?.some((c) => c.type === "Stalled" && c.reason === "RolloutAborted") ?? false
      );
    });
    expect((await world.rollout("aborted"))?.status?.abort).to.equal(true);
  });

  it("leaves a pause by a person alone and says so", async () => {
    await world.createApp("paused", { container: CONTAINER });
    await world.untilReady("paused");
    await argo("pause", "paused");
    await world.untilReady("paused", "Suspended");
    expect((await world.rollout("paused"))?.spec?.paused).to.equal(true);
    await world.kubectl(
      "patch",
      "rollout",
      "paused",
      "--type=merge",
      "-p",
      '{"spec":{"paused":false}}',
    );
    await world.untilReady("paused");
  });

  it("adopts set image as a new version without a second rollout", async () => {
    await world.createApp("image", { container: CONTAINER });
    const before = await world.untilReady("image");
    await argo("set", "image", "image", "app=nginx:2");
    await world.until("the app has the image", async () => (await image("image")) === "nginx:2");
    const after = await world.untilReady("image");
    expect(after.status?.version).to.not.equal(before.status?.version);
    const replicaSets = await world.kubectl("get", "replicaset", "-o", "name");
    expect(replicaSets.split("\n").filter((name) => name.includes("/image-"))).to.have.length(2);
  });

  it("adopts undo as the version that it names", async () => {
    await world.createApp("undone", { container: CONTAINER });
    await world.untilReady("undone");
    const first = await podHash("undone");
    await world.patchApp("undone", { env: { A: "1" } });
    await world.until("the second is live", async () => (await podHash("undone")) !== first);
    await world.untilReady("undone");
    await argo("undo", "undone");
    await world.until("the app goes back", async () => {
      return Object.keys((await world.app("undone"))?.spec.env ?? { A: "" }).length === 0;
    });
    await world.untilReady("undone");
    expect(await podHash("undone")).to.equal(first);
  });

  it("takes an edit back that the app does not allow", async () => {
    const rollout = { externalEdits: "Revert" };
    await world.createApp("reverted", { container: CONTAINER, rollout });
    await world.untilReady("reverted");
    const hash = await podHash("reverted");
    await argo("set", "image", "reverted", "app=nginx:2");
    await world.until("the template is ours again and nobody else's", async () => {
      const rollout = await world.rollout("reverted");
      const managers = rollout?.metadata.managedFields ?? [];
      const foreign = managers.some(({ manager = "" }) => /kubectl|revert/.test(manager));
      return !foreign && (await podHash("reverted")) === hash;
    });
    await world.untilReady("reverted");
    expect(await image("reverted")).to.equal("nginx:1");
  });
});
