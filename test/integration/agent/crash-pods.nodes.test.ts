import { expect } from "chai";
import { setTimeout as sleep } from "node:timers/promises";
import type { KubePod } from "../../../src/domain/agent/kube-pod.ts";
import { isTerminalState } from "../../../src/domain/mesos/task-state.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import { commandTask, HttpMaster } from "../../support/agent/http-master.ts";
import { NodeAgent } from "../../support/agent/node-agent.ts";
import { useCluster } from "../../support/cluster.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

const cluster = useCluster("nodes", { nodes: 1 });
const NAMESPACE = "agent-crash";
const CRASHES = 10;
const TASKS_PER_CRASH = 3;

describe("an agent with launcher pod and no disk that is killed again and again", function () {
  this.timeout(300_000);
  const seed = Number(process.env["SEED"] ?? 20_261_121);
  const random = new SeededRandom(seed);
  const stop = new AbortController();
  const master = new HttpMaster();
  let node: NodeAgent;
  /** Fails when the Pods are not followed any more. */
  let following: Promise<void> = Promise.resolve();
  /** Names of Pods by the ids of their tasks, over the whole test. */
  const podsOfTask = new Map<string, Set<string>>();

  before(async () => {
    node = await NodeAgent.start({
      cluster: await cluster(),
      master,
      namespace: NAMESPACE,
      flags: ["--graceful_shutdown_timeout=1secs"],
    });
    following = followPods();
    // Told by whoever asks for it; until then it must not count as unhandled.
    following.catch(() => undefined);
  });

  after(async () => {
    stop.abort();
    await node.stop("SIGKILL");
  });

  /** Until the test ends. @throws when the watch breaks or ends before: Pods could have been missed. */
  async function followPods(): Promise<void> {
    const selection = { kind: KINDS.Pod, namespace: NAMESPACE };
    const options = { signal: stop.signal, timeoutSeconds: 600, sendInitialEvents: true };
    try {
      for await (const event of node.kube.transport.watch<KubePod>(selection, options)) {
        if (event.type === "BOOKMARK") continue;
        const { annotations, name } = event.object.metadata;
        const ids = JSON.parse(annotations?.["orchestrator.io/task-ids"] ?? "[]") as string[];
        for (const id of ids) podsOfTask.set(id, (podsOfTask.get(id) ?? new Set()).add(name));
      }
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      return;
    }
    throw new Error("the watch of the Pods ended before the test");
  }

  const hasRun = (id: string): boolean => master.states(id).includes("TASK_RUNNING");

  it(`HA-10 brings every task to one end, makes no task twice, leaves no Pod (seed ${seed})`, async () => {
    const tasks: string[] = [];
    for (let round = 0; round < CRASHES; round += 1) {
      for (let i = 0; i < TASKS_PER_CRASH; i += 1) {
        const id = `t-${round}-${i}`;
        tasks.push(id);
        master.launch(commandTask(id, COMMANDS[i] ?? ""));
      }
      master.kill(tasks[Math.floor(random.next() * tasks.length)] ?? "");
      await sleep(random.next() * 1_500);
      await master.untilBack(() => node.process.crash());
    }
    for (const id of tasks.filter((task) => task.endsWith("-2"))) master.kill(id);
    const allEnded = (): boolean => tasks.every((id) => master.hasEnded(id));
    await master.until(allEnded, "all tasks ended", 90_000).catch(() => undefined);

    expect(
      tasks.filter((id) => !master.hasEnded(id)),
      "tasks without an end",
    ).to.eql([]);
    for (const id of tasks) {
      const ends = new Set(master.states(id).filter(isTerminalState));
      expect([...ends], `${id}: ${master.states(id).join(" ")}`).to.have.length(1);
      const pods = podsOfTask.get(id)?.size ?? 0;
      if (hasRun(id)) expect(pods, `Pods of ${id}, which ran`).to.equal(1);
      else expect(pods, `Pods of ${id}`).to.be.at.most(1);
    }
    expect(tasks.filter(hasRun), "tasks that ran").to.not.have.length(0);
    await node.untilNoPodIsLeft();
    stop.abort();
    await following;
  });
});

const COMMANDS = ["sleep 0.2", "sleep 2; exit 3", "sleep 600"];
