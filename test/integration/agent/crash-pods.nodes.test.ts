import { expect } from "chai";
import { setTimeout as sleep } from "node:timers/promises";
import { MESOS_CLUSTER } from "../../../src/api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import type { KubeNode, KubePod } from "../../../src/domain/agent/kube-pod.ts";
import { isTerminalState } from "../../../src/domain/mesos/task-state.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import { until } from "../../cluster/host/until.ts";
import { busyboxImage, ensureBusyboxImage } from "../../cluster/index.ts";
import { AgentProcess } from "../../support/agent/agent-process.ts";
import { commandTask, HttpMaster } from "../../support/agent/http-master.ts";
import { installCrds } from "../../support/crd/install-crds.ts";
import { useCluster } from "../../support/cluster.ts";
import { connectReal, type RealKube } from "../../support/kubernetes/real-kube.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

const cluster = useCluster("nodes", { nodes: 1 });
const NAMESPACE = "agent-crash";
const CRASHES = 10;
const TASKS_PER_CRASH = 3;
const GONE_MAX_MS = 60_000;
const CALL_MAX_MS = 30_000;

describe("an agent with launcher pod and no disk that is killed again and again", function () {
  this.timeout(300_000);
  const seed = Number(process.env["SEED"] ?? 20_261_121);
  const random = new SeededRandom(seed);
  const signal = (): AbortSignal => AbortSignal.timeout(CALL_MAX_MS);
  const stop = new AbortController();
  const master = new HttpMaster();
  let kube: RealKube;
  let agent: AgentProcess;
  /** Fails when the Pods are not followed any more. */
  let following: Promise<void> = Promise.resolve();
  /** Names of Pods by the ids of their tasks, over the whole test. */
  const podsOfTask = new Map<string, Set<string>>();

  before(async () => {
    const { kubeconfigPath, handle } = await cluster();
    await handle?.loadImage(await ensureBusyboxImage());
    kube = await connectReal(kubeconfigPath);
    await installCrds(kube.transport, signal());
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } };
    await kube.transport.apply(KINDS.Namespace, namespace, { signal: signal() });
    const pool = {
      apiVersion: "orchestrator.io/v1alpha1",
      kind: "MesosCluster",
      metadata: { name: "pool", namespace: NAMESPACE },
      spec: {},
    };
    await kube.transport.apply(MESOS_CLUSTER, pool, { signal: signal() });
    const nodes = await kube.transport.list<KubeNode>({ kind: KINDS.Node }, { signal: signal() });
    const real = nodes.items.find(
      (node) => node.metadata.annotations?.["kwok.x-k8s.io/node"] === undefined,
    );
    agent = new AgentProcess([
      `--master=${await master.start()}`,
      "--ip=127.0.0.1",
      `--node_name=${real?.metadata.name ?? ""}`,
      `--cluster=${NAMESPACE}/pool`,
      `--kubeconfig=${kubeconfigPath}`,
      `--default_task_image=${busyboxImage}`,
      "--graceful_shutdown_timeout=1secs",
      "--pod_retention=1secs",
    ]);
    following = followPods();
    // Told by whoever asks for it; until then it must not count as unhandled.
    following.catch(() => undefined);
  });

  after(async () => {
    stop.abort();
    await agent.end("SIGKILL");
    await master.stop();
    await kube.transport.delete({ kind: KINDS.Namespace, name: NAMESPACE }, { signal: signal() });
    await kube.close();
  });

  /** Until the test ends. @throws when the watch breaks or ends before: Pods could have been missed. */
  async function followPods(): Promise<void> {
    const selection = { kind: KINDS.Pod, namespace: NAMESPACE };
    const options = { signal: stop.signal, timeoutSeconds: 600, sendInitialEvents: true };
    try {
      for await (const event of kube.transport.watch<KubePod>(selection, options)) {
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
    await master.until(() => master.isConnected, "registered", 60_000);
    for (let round = 0; round < CRASHES; round += 1) {
      for (let i = 0; i < TASKS_PER_CRASH; i += 1) {
        const id = `t-${round}-${i}`;
        tasks.push(id);
        master.launch(commandTask(id, COMMANDS[i] ?? ""));
      }
      master.kill(tasks[Math.floor(random.next() * tasks.length)] ?? "");
      await sleep(random.next() * 1_500);
      await master.untilBack(() => agent.crash());
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
    const selection = { kind: KINDS.Pod, namespace: NAMESPACE };
    const isGone = async (): Promise<boolean> =>
      (await kube.transport.list(selection, { signal: signal() })).items.length === 0;
    await until("no Pod is left", isGone, { timeoutMs: GONE_MAX_MS, intervalMs: 250 });
    stop.abort();
    await following;
  });
});

const COMMANDS = ["sleep 0.2", "sleep 2; exit 3", "sleep 600"];
