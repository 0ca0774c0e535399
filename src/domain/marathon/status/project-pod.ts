import { ANNOTATION } from "../manifests/names.ts";
import { HEALTH_GATE, READY_GATE } from "../probing/prober-checks.ts";
import type { AppPod, ContainerStatus } from "./app-pod.ts";

const CONDITIONS: ReadonlySet<string> = new Set([
  "Ready",
  "PodScheduled",
  "ContainersReady",
  HEALTH_GATE,
  READY_GATE,
]);
const KEPT_ANNOTATION = /^marathon\.orchestrator\.io\/(?:version|id|ports?(?:\.\d+)?)$/;

function annotationsOf(annotations: Readonly<Record<string, string>> = {}) {
  return Object.fromEntries(
    Object.entries(annotations).filter(
      ([key]) => KEPT_ANNOTATION.test(key) || key === ANNOTATION.version,
    ),
  );
}

function statusOf({ name, ready, started, restartCount, state, lastState }: ContainerStatus) {
  return {
    name,
    ...(ready === undefined ? {} : { ready }),
    ...(started === undefined ? {} : { started }),
    ...(restartCount === undefined ? {} : { restartCount }),
    ...(state ? { state } : {}),
    ...(lastState ? { lastState } : {}),
  };
}

/** A Pod with the metadata that caches need beside what decisions read. */
type WholePod = AppPod & {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: { readonly resourceVersion?: string };
};

/** What decisions read of a Pod; about a tenth of the whole, since a pool holds many. */
export function projectPod<T extends WholePod>(pod: T): T {
  const { metadata, spec, status } = pod;
  const { name, namespace, uid, resourceVersion, creationTimestamp, deletionTimestamp } = metadata;
  return {
    ...(pod.apiVersion === undefined ? {} : { apiVersion: pod.apiVersion }),
    ...(pod.kind === undefined ? {} : { kind: pod.kind }),
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
      ...(creationTimestamp === undefined ? {} : { creationTimestamp }),
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
      labels: metadata.labels ?? {},
      annotations: annotationsOf(metadata.annotations),
    },
    spec: {
      ...(spec?.nodeName === undefined ? {} : { nodeName: spec.nodeName }),
      ...(spec?.schedulingGates === undefined ? {} : { schedulingGates: spec.schedulingGates }),
      ...(spec?.hostNetwork === undefined ? {} : { hostNetwork: spec.hostNetwork }),
    },
    status: {
      ...(status?.phase === undefined ? {} : { phase: status.phase }),
      ...(status?.reason === undefined ? {} : { reason: status.reason }),
      ...(status?.message === undefined ? {} : { message: status.message.slice(0, 256) }),
      ...(status?.hostIP === undefined ? {} : { hostIP: status.hostIP }),
      ...(status?.podIP === undefined ? {} : { podIP: status.podIP }),
      ...(status?.podIPs === undefined ? {} : { podIPs: status.podIPs }),
      conditions: (status?.conditions ?? []).filter(({ type }) => CONDITIONS.has(type)),
      containerStatuses: (status?.containerStatuses ?? []).map(statusOf),
    },
  } as WholePod as T;
}
