import { expect } from "chai";
import { killContainer } from "../../support/product/containers.ts";
import { isReady, type PodObject } from "../../support/product/kube-shapes.ts";
import type { Product } from "../../support/product/product.ts";
import { given, type Story, type StoryWorld } from "../../support/product/story.ts";
import type { StoryFramework } from "../../support/product/story-framework.ts";
import type { Verdict } from "../../support/product/verdict.ts";
import { theProduct } from "../../support/product/use-product.ts";

const TASKS = 24;
const OPERATOR_LEASE = "orchestrator-operator";
const MASTER_LEASE = "mesos-master";

/** Work that goes on while something breaks: four tasks at a time, and an app with two instances. */
function work(name: string): Story {
  return given()
    .app(`app-${name}`, { instances: 2 })
    .framework({
      name,
      role: "web",
      tasks: TASKS,
      parallel: 4,
      cpus: 0.05,
      command: "sleep 2",
    })
    .waitFor("tasks have begun to finish", 60, ({ framework }) => {
      const finished = framework(name).book.countEnded("TASK_FINISHED");
      return finished >= 2 || finished.toString();
    });
}

/**
 * Every task that was launched ended once; what ran, ran in one Pod; what never ran was said never to have. An agent without a disk
 * tells the end again, as a new update, when it was restarted before it saw the acknowledgement taken (spec/agent.md section 4).
 */
function expectNothingLostOrDoubled(
  product: Product,
  framework: StoryFramework,
  updates: "once" | "told again",
): void {
  for (const task of framework.book.entries()) {
    const pods = product.ledger.countOfTask(framework.id, task.taskId);
    const story = `${task.taskId}: ${task.states.join(" ")}, ${pods} Pods`;
    const ends = updates === "once" ? task.terminals : [...new Set(task.terminals)];
    expect(ends, story).to.have.length(1);
    expect(pods, story).to.equal(task.terminals[0] === "TASK_FINISHED" ? 1 : 0);
    if (pods > 0) expect(task.isAcknowledged, story).to.equal(true);
  }
}

async function finishWork(
  name: string,
  { product, framework }: StoryWorld,
  updates: "once" | "told again" = "once",
): Promise<void> {
  const end = await framework(name).finished(150);
  expect(end.finished).to.equal(TASKS);
  expectNothingLostOrDoubled(product, framework(name), updates);
}

/** Uids of the app's ready Pods: that they stay the same says that nothing of it was restarted. */
function instancesOf(app: string, { product }: StoryWorld): string {
  const ready = product.ledger.ofApp(app).filter(isReady);
  return ready
    .map(({ metadata }) => metadata.uid)
    .sort()
    .join(" ");
}

async function holderOf(lease: string, product: Product): Promise<string> {
  return (await product.lease(lease))?.spec?.holderIdentity ?? "";
}

async function leaderPod(lease: string, product: Product): Promise<PodObject> {
  const holder = await holderOf(lease, product);
  const pod = product.operatorPods().find(({ metadata, status }) => {
    // A master is known by its address, an operator by its Pod.
    return holder.startsWith(`${status?.podIP ?? ""}:`) || holder.includes(metadata.name);
  });
  if (pod === undefined) throw new Error(`no Pod is the holder "${holder}" of lease ${lease}`);
  return pod;
}

function kill(pod: PodObject | undefined, container: string): void {
  const status = pod?.status?.containerStatuses?.find(({ name }) => name === container);
  killContainer(status?.containerID?.replace("containerd://", "") ?? "");
}

const agentOn = (node: string, product: Product): PodObject | undefined =>
  product.ledger
    .pods()
    .find(
      ({ metadata, spec }) =>
        metadata.labels?.["app.kubernetes.io/component"] === "agent" && spec.nodeName === node,
    );

function everyOperatorIsReady({ product }: StoryWorld): Verdict {
  const waiting = product.operatorPods().filter((pod) => !isReady(pod));
  return waiting.length === 0 || waiting.map(({ metadata }) => metadata.name).join(" ");
}

async function activeAgents(product: Product): Promise<string> {
  const { slaves } = await product.masterState();
  const active = slaves.filter((agent) => agent.active).map(({ hostname }) => hostname);
  return active.sort().join(" ");
}

describe("what keeps running while parts of the product fail", function () {
  this.timeout(360_000);

  before(async function () {
    this.timeout(900_000);
    await theProduct();
  });

  it("the leading master is killed: another leads, tasks and apps do not notice (MES-01, TST-15)", () => {
    let [killedAtMs, instances, before] = [0, "", ""];
    return work("master-killed")
      .when()
      .does(async (world) => {
        instances = instancesOf("app-master-killed", world);
        before = await holderOf(MASTER_LEASE, world.product);
        killedAtMs = performance.now();
        kill(await leaderPod(MASTER_LEASE, world.product), "master");
      })
      .then()
      .waitFor("another master leads with all agents", 60, async ({ product }) => {
        if ((await holderOf(MASTER_LEASE, product)) === before) return "still the old holder";
        const active = await activeAgents(product);
        if (active !== product.bed.nodeNames.join(" ")) return active;
        product.figures.tookMs(
          "master killed → leader with all agents",
          performance.now() - killedAtMs,
        );
        return true;
      })
      .waitFor("the framework is back", 60, ({ framework, product }) => {
        const { book } = framework("master-killed");
        if (book.subscriptions < 2) return false;
        const tookMs = book.subscribedAtMs - killedAtMs;
        product.figures.tookMs("master killed → framework subscribed again", tookMs);
        return true;
      })
      .does(async (world) => {
        await finishWork("master-killed", world);
        expect(instancesOf("app-master-killed", world)).to.equal(instances);
      })
      .tell();
  });

  it("the leading operator is killed: another one takes over within its lease", () => {
    let [killedAtMs, before] = [0, ""];
    return given()
      .app("app-operator-killed", { instances: 1 })
      .when()
      .does(async ({ product }) => {
        before = await holderOf(OPERATOR_LEASE, product);
        killedAtMs = performance.now();
        kill(await leaderPod(OPERATOR_LEASE, product), "operator");
      })
      .waitFor("another operator leads", 60, async ({ product }) => {
        if ((await holderOf(OPERATOR_LEASE, product)) === before) return false;
        product.figures.tookMs("operator killed → next one leads", performance.now() - killedAtMs);
        return true;
      })
      .kubectl("scale", "ma/app-operator-killed", "--replicas=2")
      .then()
      .waitFor("the app follows", 60, ({ product }) => {
        const ready = product.ledger.ofApp("app-operator-killed").filter(isReady).length;
        return ready === 2 || ready.toString();
      })
      .tell();
  });

  it("an agent is killed: its tasks run on, and it finds them again (MES-20, TST-13)", () => {
    let [killedAtMs, instances] = [0, ""];
    return work("agent-killed")
      .when()
      .does((world) => {
        instances = instancesOf("app-agent-killed", world);
        killedAtMs = performance.now();
        kill(agentOn("node-1", world.product), "agent");
      })
      .waitFor("the agent's container runs again", 60, ({ product }) => {
        const [status] = agentOn("node-1", product)?.status?.containerStatuses ?? [];
        return (status?.ready === true && (status.restartCount ?? 0) > 0) || false;
      })
      .then()
      .waitFor("the agent is registered again", 60, async ({ product }) => {
        const active = await activeAgents(product);
        if (active !== product.bed.nodeNames.join(" ")) return active;
        product.figures.tookMs(
          "agent killed → ready and registered",
          performance.now() - killedAtMs,
        );
        return true;
      })
      .does(async (world) => {
        await finishWork("agent-killed", world, "told again");
        expect(instancesOf("app-agent-killed", world)).to.equal(instances);
      })
      .tell();
  });

  it("a node loses its network for longer than Mesos waits, and comes back (MES-04, TST-14)", () => {
    let [cutAtMs, healedAtMs, node] = [0, 0, ""];
    return work("node-cut")
      .when()
      .does(async ({ product }) => {
        const leader = await leaderPod(MASTER_LEASE, product);
        node = product.bed.nodeNames.find((name) => name !== leader.spec.nodeName) ?? "";
        cutAtMs = performance.now();
        await product.bed.cutNode(node);
      })
      .then()
      .waitFor("the master says the agent is unreachable", 60, async ({ product }) => {
        if ((await product.masterState()).unreachable_slaves === 0) return false;
        product.figures.tookMs("node cut → agent unreachable", performance.now() - cutAtMs);
        return true;
      })
      .when()
      .does(async ({ product }) => {
        healedAtMs = performance.now();
        await product.bed.healNode(node);
      })
      .then()
      .waitFor("the agent is back", 90, async ({ product }) => {
        const active = await activeAgents(product);
        if (active !== product.bed.nodeNames.join(" ")) return active;
        product.figures.tookMs("node healed → agent registered", performance.now() - healedAtMs);
        return true;
      })
      .finally(({ product }) => (node === "" ? undefined : product.bed.healNode(node)))
      .waitFor("whatever lost its lease runs anew", 60, everyOperatorIsReady)
      .does((world) => finishWork("node-cut", world))
      .waitFor("the app has both instances", 60, ({ product }) => {
        const ready = product.ledger.ofApp("app-node-cut").filter(isReady).length;
        return ready === 2 || ready.toString();
      })
      .tell();
  });

  it("the leading master's node loses its network: another leads, the former one comes back as a standby (HA-02, TST-14)", () => {
    let [cutAtMs, node, before] = [0, "", ""];
    return work("leader-cut")
      .when()
      .does(async ({ product }) => {
        before = await holderOf(MASTER_LEASE, product);
        node = (await leaderPod(MASTER_LEASE, product)).spec.nodeName ?? "";
        cutAtMs = performance.now();
        await product.bed.cutNode(node);
      })
      .then()
      .waitFor("another master leads", 60, async ({ product }) => {
        if ((await holderOf(MASTER_LEASE, product)) === before) return "still the old holder";
        product.figures.tookMs("leader's node cut → next one leads", performance.now() - cutAtMs);
        return true;
      })
      .when()
      .does(({ product }) => product.bed.healNode(node))
      .then()
      .waitFor("both agents are back", 90, async ({ product }) => {
        const active = await activeAgents(product);
        return active === product.bed.nodeNames.join(" ") || active;
      })
      .finally(({ product }) => (node === "" ? undefined : product.bed.healNode(node)))
      .waitFor("whatever lost its lease runs anew", 60, everyOperatorIsReady)
      .does((world) => finishWork("leader-cut", world))
      .tell();
  });
});
