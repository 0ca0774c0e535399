import { mkdirSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { Cluster } from "../cluster.ts";
import { ClusterError } from "../host/cluster-error.ts";
import { findFreePorts } from "../host/free-port.ts";
import { isRunning } from "../host/process-identity.ts";
import { until } from "../host/until.ts";
import type { Ground } from "./bring-up.ts";
import { waitForAnswer } from "./forwarding.ts";
import { requireRunning, tailOf, type HostProcess } from "./host-process.ts";
import { applyBase } from "./install.ts";
import { chooseApiPorts } from "./ports.ts";
import { AGENT_FOLDER } from "./run-record.ts";
import type { Session } from "./session.ts";

const LOCAL = "127.0.0.1";
const READY_WITHIN_MS = 60_000;
const TASKS_FINISH_WITHIN_MS = 90_000;
const SAMPLE_TASKS = 6;
/** Nothing pulls them in this tier; the names stand in the objects all the same. */
const IMAGES = { runtime: "localhost/orchestrator:dev", node: "localhost/orchestrator-node:dev" };

/**
 * Tier `control-plane`: no kubelet, so that nothing runs as a pod. Operator, master, agent and Marathon run as processes of
 * this machine, each with the rights its pod would have; the agent runs tasks as processes.
 */
export function groundOfHost(session: Session, cluster: Cluster): Ground {
  const { signal, progress, root } = session;
  const kubectl: Ground["kubectl"] = (args) => cluster.kubectl(args, { signal });
  return {
    kubectl: (args) => cluster.kubectl(args),
    kubeconfig: cluster.kubeconfigPath,
    async bringUp() {
      const request = {
        kubectl,
        root,
        workDir: session.folder,
        images: IMAGES,
        progress,
        signal,
      };
      progress.note("installing kinds, roles and policies (config/host)");
      await applyBase(request, "install", "config/host");
      progress.note("applying the samples (config/host/samples)");
      await applyBase(request, "samples", "config/host/samples");
      const ports = await chooseApiPorts(progress);
      const [agent = 0, operatorHealth = 0, masterHealth = 0, marathonHealth = 0] =
        await findFreePorts(4);
      const mesos = `http://${LOCAL}:${ports.mesos}`;
      progress.note("starting operator, master, agent and Marathon as processes");
      const account = (name: string): string =>
        cluster.writeKubeconfig(`system:serviceaccount:orchestrator:${name}`, ACCOUNT_GROUPS);
      const operatorProcess = startOurs(session, "operator", [
        `--kubeconfig=${account("orchestrator-operator")}`,
        "--namespace=orchestrator",
        `--health-address=${LOCAL}`,
        `--health-port=${operatorHealth}`,
      ]);
      const masterProcess = startOurs(session, "master", [
        "--cluster=orchestrator/mesos",
        `--kubeconfig=${account("mesos-master")}`,
        `--ip=${LOCAL}`,
        `--advertise-ip=${LOCAL}`,
        `--port=${ports.mesos}`,
        `--health-address=${LOCAL}`,
        `--health-port=${masterHealth}`,
      ]);
      const agentProcess = startOurs(session, "agent", [
        `--master=${mesos}`,
        "--launcher=process",
        `--ip=${LOCAL}`,
        `--advertise_ip=${LOCAL}`,
        `--port=${agent}`,
        `--work_dir=${makeFolder(join(session.folder, AGENT_FOLDER))}`,
      ]);
      const marathonProcess = startOurs(session, "marathon", [
        `--kubeconfig=${account("orchestrator-marathon")}`,
        "--app_namespace=orchestrator",
        `--http_address=${LOCAL}`,
        `--http_port=${ports.marathon}`,
        `--hostname=${LOCAL}`,
        `--health_address=${LOCAL}`,
        `--health_port=${marathonHealth}`,
      ]);
      const patience = { timeoutMs: READY_WITHIN_MS, signal };
      const readyz = (port: number): string => `http://${LOCAL}:${port}/readyz`;
      await waitForAnswer(readyz(masterHealth), masterProcess, patience);
      await waitForAnswer(`${mesos}/master/health`, masterProcess, patience);
      await waitForAnswer(readyz(operatorHealth), operatorProcess, patience);
      await waitForAnswer(readyz(marathonHealth), marathonProcess, patience);
      await waitForAgent(mesos, agentProcess, signal);
      await runSampleTasks(session, mesos);
      return {
        kubeconfig: cluster.kubeconfigPath,
        mesos,
        marathon: `http://${LOCAL}:${ports.marathon}`,
        cluster: cluster.name,
        tier: "control-plane",
        pids: session.pids(),
      };
    },
  };
}

const ACCOUNT_GROUPS = [
  "system:serviceaccounts",
  "system:serviceaccounts:orchestrator",
  "system:authenticated",
];

function startOurs(session: Session, name: string, args: readonly string[]): HostProcess {
  const cli = join(session.root, "src/processes/cli/main.ts");
  return session.start({ name, command: process.execPath, args: [cli, name, ...args] });
}

function makeFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  return path;
}

async function waitForAgent(mesos: string, agent: HostProcess, signal: AbortSignal): Promise<void> {
  await until(
    "the agent is registered",
    async () => {
      requireRunning(agent);
      const answer = await fetch(`${mesos}/master/state`, { signal: AbortSignal.timeout(5_000) });
      const { slaves } = (await answer.json()) as { slaves: readonly { active: boolean }[] };
      return slaves.some(({ active }) => active);
    },
    { timeoutMs: READY_WITHIN_MS, intervalMs: 300, signal },
  );
}

/** The sample framework, once: proof that tasks run, each as a process of this machine. */
async function runSampleTasks(session: Session, mesos: string): Promise<void> {
  const { progress, signal } = session;
  const framework = startOurs(session, "framework", [
    `--master=${mesos}`,
    "--role=batch",
    `--tasks=${SAMPLE_TASKS}`,
    "--parallel=3",
    // An agent without root runs tasks as itself only.
    `--user=${userInfo().username}`,
    '--command=echo "hello from a Mesos task, process $$"; sleep 0.5',
  ]);
  await until("the sample framework ends", () => !isRunning(framework), {
    timeoutMs: TASKS_FINISH_WITHIN_MS,
    signal,
  });
  const finished = tailOf(framework.logFile, 1_000).filter((line) =>
    line.includes("TASK_FINISHED"),
  );
  if (finished.length < SAMPLE_TASKS) {
    throw new ClusterError(
      `the sample framework finished ${finished.length} of ${SAMPLE_TASKS} tasks`,
      `its log: ${framework.logFile}`,
    );
  }
  progress.note(`the sample framework: ${finished.length} tasks TASK_FINISHED, each a process`);
}
