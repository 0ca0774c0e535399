import type { AppDefinition } from "../../../api/marathon/app.ts";
import type {
  HealthCheckResult,
  LastTaskFailure,
  Task,
  TaskState,
} from "../../../api/marathon/answers.ts";
import { networkMode, requestedPorts } from "../app/app-facts.ts";
import { safePath } from "../app/app-path.ts";
import { ANNOTATION, portAnnotation } from "../manifests/names.ts";
import type { AppPod, Terminated } from "./app-pod.ts";
import { isReady, podCondition, taskContainer } from "./app-pod.ts";

/** Reasons with which a Pod fails because of its node and not of itself. */
const NODE_REASONS: ReadonlySet<string> = new Set([
  "Evicted",
  "NodeLost",
  "NodeShutdown",
  "Terminated",
]);
/** A Pod that can never start as it is. */
const UNSTARTABLE: ReadonlySet<string> = new Set([
  "InvalidImageName",
  "CreateContainerConfigError",
]);
const EPOCH = "1970-01-01T00:00:00.000Z";

/** `2026-01-01T00:00:00Z` with Marathon's three digits. */
export function withMillis(timestamp: string | undefined): string {
  if (timestamp === undefined) return EPOCH;
  return /\.\d{3}Z$/.test(timestamp)
    ? timestamp
    : timestamp.replace(/(?:\.(\d{1,9}))?Z$/, (_, digits: string | undefined) => {
        return `.${(digits ?? "").padEnd(3, "0").slice(0, 3)}Z`;
      });
}

function endState(pod: AppPod, terminated: Terminated | undefined): TaskState {
  if (NODE_REASONS.has(pod.status?.reason ?? "")) return "TASK_GONE";
  return terminated?.exitCode === 0 || pod.status?.phase === "Succeeded"
    ? "TASK_FINISHED"
    : "TASK_FAILED";
}

/** Marathon's state of the instance's task (marathon.md 3.2). */
export function taskState(pod: AppPod): TaskState {
  const container = taskContainer(pod);
  const phase = pod.status?.phase;
  if (phase === "Failed" || phase === "Succeeded") {
    return endState(pod, container?.state?.terminated);
  }
  if (pod.metadata.deletionTimestamp !== undefined) return "TASK_KILLING";
  if (podCondition(pod, "Ready")?.reason === "NodeNotReady" || phase === "Unknown") {
    return "TASK_UNREACHABLE";
  }
  if (UNSTARTABLE.has(container?.state?.waiting?.reason ?? "")) return "TASK_ERROR";
  if (!container?.state?.running) return "TASK_STAGING";
  return container.started === false ? "TASK_STARTING" : "TASK_RUNNING";
}

/** Id of the task that the instance runs now; a restart in place is its next incarnation. */
export function taskId(appId: string, pod: AppPod): string {
  const incarnation = (taskContainer(pod)?.restartCount ?? 0) + 1;
  return `${instanceId(appId, pod)}._app.${incarnation}`;
}

export function instanceId(appId: string, pod: AppPod): string {
  return `${safePath(appId)}.instance-${pod.metadata.uid ?? pod.metadata.name}`;
}

const INSTANCE_IN_TASK =
  /\.(?:instance-|marathon-)?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?:\..*)?$/;

/** What a task id says: its app and its Pod; accepts the spellings of older Marathons. */
export function parseTaskId(
  id: string,
): { readonly appId: string; readonly podUid: string } | undefined {
  const match = INSTANCE_IN_TASK.exec(id);
  if (!match) return undefined;
  return { appId: `/${id.slice(0, match.index).split("_").join("/")}`, podUid: match[1]! };
}

function fixedPort(port: ReturnType<typeof requestedPorts>[number], servicePort: number): number {
  if (port.hostPort) return port.hostPort;
  return port.port === 0 ? servicePort : port.port;
}

function taskPorts(app: AppDefinition, pod: AppPod, servicePorts: readonly number[]): number[] {
  const onHost = networkMode(app.networks) === "host";
  let dynamicIndex = 0;
  return requestedPorts(app).map((port, i) => {
    if (!onHost || port.hostPort !== 0) return fixedPort(port, servicePorts[i] ?? 0);
    const allocated = pod.metadata.annotations?.[portAnnotation(dynamicIndex)];
    dynamicIndex += 1;
    return Number(allocated ?? 0);
  });
}

function healthResult(app: AppDefinition, pod: AppPod): HealthCheckResult[] {
  if (app.healthChecks.length === 0) return [];
  const ready = podCondition(pod, "Ready");
  const alive = isReady(pod);
  if (!ready || (!alive && taskContainer(pod)?.started !== true)) return [];
  const at = withMillis(ready.lastTransitionTime);
  return [
    {
      instanceId: instanceId(app.id, pod),
      alive,
      consecutiveFailures: alive ? 0 : 1,
      ...(alive ? { firstSuccess: at, lastSuccess: at } : { lastFailure: at }),
      ...(alive || ready.message === undefined ? {} : { lastFailureCause: ready.message }),
    },
  ];
}

export interface TaskContext {
  readonly app: AppDefinition;
  readonly servicePorts: readonly number[];
  /** Id of the engine's agent on a node, where it is known. */
  readonly agentIds?: ReadonlyMap<string, string>;
}

/** A Pod as Marathon's task. Host and ports are the Pod's own on Pod networks, the node's on the host network. */
export function taskOf(pod: AppPod, context: TaskContext): Task {
  const { app, servicePorts } = context;
  const { podIP, hostIP } = pod.status ?? {};
  const host = networkMode(app.networks) === "host" ? (hostIP ?? pod.spec?.nodeName) : podIP;
  const startedAt = taskContainer(pod)?.state?.running?.startedAt;
  const agentId = pod.spec?.nodeName && context.agentIds?.get(pod.spec.nodeName);
  const addresses = pod.status?.podIPs ?? (podIP ? [{ ip: podIP }] : []);
  return {
    id: taskId(app.id, pod),
    appId: app.id,
    host: host ?? "",
    ports: taskPorts(app, pod, servicePorts),
    ...(agentId ? { slaveId: agentId } : {}),
    state: taskState(pod),
    stagedAt: withMillis(pod.metadata.creationTimestamp),
    ...(startedAt === undefined ? {} : { startedAt: withMillis(startedAt) }),
    version: pod.metadata.annotations?.[ANNOTATION.version] ?? "",
    ipAddresses: addresses.map(({ ip }) => ({
      ipAddress: ip,
      protocol: ip.includes(":") ? "IPv6" : "IPv4",
    })),
    healthCheckResults: healthResult(app, pod),
    localVolumes: [],
    role: app.role,
  };
}

function failureOf(pod: AppPod): { terminated?: Terminated; atIso: string } | undefined {
  const container = taskContainer(pod);
  const terminated = container?.state?.terminated ?? container?.lastState?.terminated;
  if (pod.status?.phase === "Failed" && !terminated) {
    return {
      atIso:
        podCondition(pod, "Ready")?.lastTransitionTime ?? pod.metadata.creationTimestamp ?? EPOCH,
    };
  }
  return terminated ? { terminated, atIso: terminated.finishedAt ?? EPOCH } : undefined;
}

function failureMessage(pod: AppPod, terminated: Terminated | undefined): string {
  if (pod.status?.reason) return `${pod.status.reason}: ${pod.status.message ?? ""}`.slice(0, 1024);
  const reason = terminated?.reason ?? "Error";
  return `Container ended: ${reason}, exit code ${terminated?.exitCode ?? -1}`;
}

/** The youngest failure among the app's Pods. */
export function lastTaskFailure(
  appId: string,
  pods: readonly AppPod[],
): LastTaskFailure | undefined {
  const failed = pods
    .map((pod) => ({ pod, failure: failureOf(pod) }))
    .filter(({ failure }) => failure !== undefined)
    .toSorted((a, b) => (a.failure!.atIso < b.failure!.atIso ? 1 : -1));
  const newest = failed[0];
  if (!newest?.failure) return undefined;
  const { pod, failure } = newest;
  return {
    appId,
    host: pod.status?.hostIP ?? pod.spec?.nodeName ?? "",
    message: failureMessage(pod, failure.terminated),
    state: endState(pod, failure.terminated),
    taskId: taskId(appId, pod),
    timestamp: withMillis(failure.atIso),
    version: pod.metadata.annotations?.[ANNOTATION.version] ?? "",
  };
}
