import { KIND_LABEL, POOL_LABEL, ROLE_ANNOTATION } from "../inventory.ts";
import type { KubePod } from "../kube-pod.ts";
import type { RunRecord } from "../run.ts";
import type { ContainerDraft, PodDraft } from "./pod-draft.ts";
import type { ContainerManifest, PodManifest } from "./pod-manifest.ts";
import { type PodRules, SANDBOX_VOLUME } from "./pod-rules.ts";

/** Keeps an ended task Pod until its terminal update is acknowledged. */
export const TASK_STATUS_FINALIZER = "orchestrator.io/task-status";
export const AGENT_LABEL = "orchestrator.io/agent";
export const LAUNCH_ID_ANNOTATION = "orchestrator.io/launch-id";
export const TASK_INFO_ANNOTATION = "orchestrator.io/task-info";
/** Largest task-info annotation; above, recovery knows ids and resources only. */
export const TASK_INFO_BYTES_MAX = 64 * 1024;

/** What a Pod is made with that is not in the task. Hashes are 40 hex digits of SHA-256: ids may be no label values. */
export interface PodIdentity {
  readonly namespace: string;
  readonly nodeName: string;
  readonly pool: string;
  readonly agentId: string;
  readonly frameworkHash: string;
  readonly executorHash: string;
  readonly role: string;
  /** gzip and base64 of the run's record. */
  readonly taskInfo: string;
  readonly owner?: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly name: string;
    readonly uid: string;
  };
}

export function podNameOf(containerId: string): string {
  return `mt-${containerId}`;
}

/** Whether a Pod of a run's name was made for this launch of it, and by nobody else. */
export function isPodOfLaunch({ metadata }: KubePod, { launchId }: RunRecord): boolean {
  return metadata.annotations?.[LAUNCH_ID_ANNOTATION] === launchId;
}

/** The whole Pod around its containers. */
export function podManifest(
  input: { readonly record: RunRecord; readonly identity: PodIdentity; readonly rules: PodRules },
  draft: PodDraft,
  containers: readonly { readonly name: string; readonly draft: ContainerDraft }[],
): PodManifest {
  const { record, identity, rules } = input;
  const hostname = draft.hostNetwork ? undefined : draft.hostname;
  const deadline = deadlineSeconds(record);
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name: podNameOf(record.containerId),
      namespace: identity.namespace,
      labels: {
        ...draft.labels,
        "app.kubernetes.io/managed-by": "orchestrator",
        [POOL_LABEL]: identity.pool,
        [KIND_LABEL]: "task",
        [AGENT_LABEL]: identity.agentId,
        "orchestrator.io/framework-hash": identity.frameworkHash,
        "orchestrator.io/executor-hash": identity.executorHash,
      },
      annotations: { ...draft.annotations, ...runAnnotations(record, identity) },
      finalizers: [TASK_STATUS_FINALIZER],
      ownerReferences: identity.owner === undefined ? [] : [identity.owner],
    },
    spec: {
      nodeName: identity.nodeName,
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      tolerations: [{ operator: "Exists", effect: "NoExecute" }],
      terminationGracePeriodSeconds: graceSeconds(record, rules),
      ...(draft.hostNetwork ? { hostNetwork: true as const } : {}),
      ...dnsOf(draft),
      ...(hostname === undefined ? {} : { hostname }),
      ...(draft.hostAliases.length === 0 ? {} : { hostAliases: draft.hostAliases }),
      ...(draft.hostPid ? { hostPID: true as const } : {}),
      ...(draft.hostIpc ? { hostIPC: true as const } : {}),
      ...(draft.shareProcessNamespace ? { shareProcessNamespace: true as const } : {}),
      ...(draft.revocable ? { priorityClassName: "orchestrator-revocable" } : {}),
      ...(deadline === undefined ? {} : { activeDeadlineSeconds: deadline }),
      ...(draft.pullSecrets.size === 0
        ? {}
        : { imagePullSecrets: [...draft.pullSecrets].map((name) => ({ name })) }),
      ...securityOf(draft),
      containers: containers.map(({ name, draft: container }) =>
        containerManifest(name, container),
      ),
      volumes: [{ name: SANDBOX_VOLUME, emptyDir: {} }, ...draft.volumes.values()],
    },
  };
}

function runAnnotations(record: RunRecord, identity: PodIdentity): Record<string, string> {
  const annotations: Record<string, string> = {
    "orchestrator.io/framework-id": record.frameworkId,
    "orchestrator.io/executor-id": record.executorId,
    "orchestrator.io/task-ids": JSON.stringify(record.tasks.map((task) => task.task_id.value)),
    [ROLE_ANNOTATION]: identity.role,
    [LAUNCH_ID_ANNOTATION]: record.launchId,
    [TASK_INFO_ANNOTATION]: identity.taskInfo,
  };
  const labels = record.tasks.flatMap((task) => task.labels?.labels ?? []);
  if (labels.length > 0) annotations["orchestrator.io/labels"] = JSON.stringify(labels);
  return annotations;
}

function dnsOf(draft: PodDraft): Pick<PodManifest["spec"], "dnsPolicy" | "dnsConfig"> {
  const dnsConfig = Object.keys(draft.dns).length === 0 ? {} : { dnsConfig: draft.dns };
  if (draft.dnsNone) return { dnsPolicy: "None", ...dnsConfig };
  return draft.hostNetwork ? { dnsPolicy: "ClusterFirstWithHostNet", ...dnsConfig } : dnsConfig;
}

function securityOf(draft: PodDraft): Pick<PodManifest["spec"], "securityContext"> {
  if (draft.supplementalGroups.length === 0 && draft.sysctls.length === 0) return {};
  return {
    securityContext: {
      ...(draft.supplementalGroups.length === 0
        ? {}
        : { supplementalGroups: draft.supplementalGroups }),
      ...(draft.sysctls.length === 0 ? {} : { sysctls: draft.sysctls }),
    },
  };
}

function containerManifest(name: string, draft: ContainerDraft): ContainerManifest {
  return {
    name,
    image: draft.image,
    imagePullPolicy: draft.imagePullPolicy,
    ...(draft.command === undefined ? {} : { command: draft.command }),
    ...(draft.args === undefined ? {} : { args: draft.args }),
    ...(draft.workingDir === undefined ? {} : { workingDir: draft.workingDir }),
    env: [...draft.env.values()],
    resources: { requests: draft.requests, limits: draft.limits },
    ...(draft.ports.length === 0 ? {} : { ports: draft.ports }),
    volumeMounts: draft.volumeMounts,
    securityContext: draft.security,
  };
}

/** The largest grace of the run in whole seconds, at least 1: 0 would drop the object before the process. */
function graceSeconds(record: RunRecord, rules: PodRules): number {
  const graces = record.tasks.map((task) => {
    const ns = task.kill_policy?.grace_period?.nanoseconds;
    return ns === undefined ? rules.graceDefaultMs : ns / 1e6;
  });
  return Math.max(1, Math.ceil(Math.max(...graces) / 1000));
}

/** Second line behind the agent's own timer, for when no agent runs. */
function deadlineSeconds(record: RunRecord): number | undefined {
  const limits = record.tasks.map((task) => task.max_completion_time?.nanoseconds);
  if (limits.length === 0 || limits.some((ns) => ns === undefined)) return undefined;
  return Math.max(1, Math.ceil(Math.max(...limits.map((ns) => ns ?? 0)) / 1e9)) + 60;
}
