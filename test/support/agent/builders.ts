import type { TaskInfo } from "../../../src/api/mesos/task.ts";
import type { KubePod } from "../../../src/domain/agent/kube-pod.ts";
import type { PodIdentity } from "../../../src/domain/agent/pod/pod-shell.ts";
import type { PodRules } from "../../../src/domain/agent/pod/pod-rules.ts";
import type { RunRecord } from "../../../src/domain/agent/run.ts";
import { commandTask, FRAMEWORK, FRAMEWORK_ID } from "./http-master.ts";

export const NOW_MS = Date.UTC(2026, 0, 1);

/** A run of one command task unless `tasks` says more. */
export function makeRecord(more: Partial<RunRecord> = {}): RunRecord {
  const tasks = more.tasks ?? [commandTask("task-1", "sleep 1")];
  return {
    containerId: "11111111-2222-4333-8444-555555555555",
    launchId: "launch-1",
    frameworkId: FRAMEWORK_ID,
    framework: FRAMEWORK,
    executorId: tasks[0]?.task_id.value ?? "",
    generation: 0,
    devices: [],
    receivedAtMs: NOW_MS,
    ...more,
    tasks,
  };
}

/** A group under a default executor. */
export function makeGroup(tasks: readonly TaskInfo[]): RunRecord {
  const executor = { executor_id: { value: "executor-1" }, type: "DEFAULT" as const };
  return makeRecord({ tasks, executor, executorId: "executor-1" });
}

export const POD_RULES: PodRules = {
  defaultTaskImage: "localhost/node:test",
  taskNetwork: "host",
  networks: { jobs: { type: "pod" }, fast: { type: "multus", ref: "net/fast" } },
  userMap: { web: "1000:1000" },
  requireNonRoot: false,
  cpuLimits: false,
  enforceDiskQuota: false,
  hostPathVolumes: ["/data"],
  allowPrivileged: false,
  allowHostPid: false,
  allowHostIpc: false,
  ignoredDockerParameters: [],
  graceDefaultMs: 30_000,
};

export const POD_IDENTITY: PodIdentity = {
  namespace: "mesos",
  nodeName: "node-1",
  pool: "mesos",
  agentId: "agent-1",
  frameworkHash: "f".repeat(40),
  executorHash: "e".repeat(40),
  role: "*",
  taskInfo: "",
};

/** A Pod in the notation `cpu/memory` per container, e.g. `makePod({ requests: ["1/1Gi", "500m/0"] })`. */
export function makePod(
  options: {
    readonly name?: string;
    readonly requests?: readonly string[];
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly phase?: "Pending" | "Running" | "Succeeded" | "Failed";
    readonly spec?: Partial<KubePod["spec"]>;
  } = {},
): KubePod {
  const name = options.name ?? "pod-1";
  return {
    metadata: {
      name,
      namespace: "default",
      uid: `uid-${name}`,
      labels: options.labels ?? {},
      annotations: options.annotations ?? {},
    },
    spec: {
      nodeName: "node-1",
      containers: (options.requests ?? ["1/1Gi"]).map((text, index) => ({
        name: `c${index}`,
        resources: { requests: requestsOf(text) },
      })),
      ...options.spec,
    },
    status: { phase: options.phase ?? "Running" },
  };
}

export function requestsOf(text: string): Readonly<Record<string, string>> {
  const [cpu = "0", memory = "0", storage] = text.split("/");
  return { cpu, memory, ...(storage === undefined ? {} : { "ephemeral-storage": storage }) };
}
