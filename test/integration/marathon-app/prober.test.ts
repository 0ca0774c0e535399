import { expect } from "chai";
import { podCondition } from "../../../src/domain/marathon/status/app-pod.ts";
import { HEALTH_GATE } from "../../../src/domain/marathon/probing/prober-checks.ts";
import { useCluster } from "../../support/cluster.ts";
import { AppWorld } from "../../support/marathon/app-world.ts";

const FIRST = { protocol: "HTTP" };
/** The kubelet runs the first check, so the second one is ours. */
const withSecond = (check: object) => ({
  instances: 1,
  networks: [{ mode: "container/bridge" }],
  container: { docker: { image: "nginx" }, portMappings: [{ containerPort: 80 }] },
  healthChecks: [FIRST, { intervalSeconds: 1, ...check }],
});

/** Simulated nodes open every gate themselves when a Pod starts: the prober is seen by closing them. */
describe("checks that the operator runs (MAR-11)", function () {
  this.timeout(120_000);
  const cluster = useCluster("control-plane", { kwokNodes: 4, crds: true });
  let world: AppWorld;

  before(async function () {
    this.timeout(300_000);
    world = await AppWorld.start((await cluster()).kubeconfigPath);
  });
  after(() => world.stop());

  const untilGate = (name: string, wanted: string): Promise<void> =>
    world.until(`the health gate is ${wanted}`, async () => {
      const [pod] = await world.pods(name);
      const condition = pod && podCondition(pod, HEALTH_GATE);
      return `${condition?.status ?? ""} ${condition?.reason ?? ""}` === wanted;
    });

  it("close and open the health gate of an instance", async () => {
    world.checkAnswer = { passed: false, cause: "HTTP 500" };
    const check = { protocol: "HTTP", maxConsecutiveFailures: 0 };
    await world.createApp("checked", withSecond(check));
    await untilGate("checked", "False CheckFailed");
    world.checkAnswer = { passed: true };
    await untilGate("checked", "True ChecksPassed");
    const complaints = world.kube.logger.lines.filter(({ level }) => level === "error");
    expect(complaints).to.deep.equal([]);
  });

  it("end a task that fails too often, and its Rollout replaces it", async () => {
    world.checkAnswer = { passed: true };
    const check = { protocol: "TCP", maxConsecutiveFailures: 2 };
    await world.createApp("dying", withSecond(check));
    await world.untilReady("dying");
    // Until a check has passed, failures do not count.
    await world.until("it passed", () =>
      Promise.resolve(world.checked.some(({ protocol }) => protocol === "TCP")),
    );
    const first = (await world.pods("dying"))[0]?.metadata.uid;
    world.checkAnswer = { passed: false, cause: "refused" };
    await world.until("another runs", async () => {
      const pods = await world.pods("dying");
      return pods.length > 0 && pods.every(({ metadata }) => metadata.uid !== first);
    });
    world.checkAnswer = { passed: true };
    await world.untilReady("dying");
  });
});
