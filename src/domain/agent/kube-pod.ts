/** The parts of Kubernetes objects that the agent reads; everything else passes by. Values as the API server gives them. */
export interface KubeMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
}

export type ResourceList = Readonly<Record<string, string | number>>;

export interface KubeResourceRequirements {
  readonly requests?: ResourceList;
  readonly limits?: ResourceList;
}

export interface KubeContainerPort {
  readonly containerPort?: number;
  readonly hostPort?: number;
  readonly protocol?: string;
}

export interface KubeContainerView {
  readonly name: string;
  readonly resources?: KubeResourceRequirements;
  readonly ports?: readonly KubeContainerPort[];
  /** Only on init containers; `Always` makes it a sidecar that runs beside the containers. */
  readonly restartPolicy?: string;
}

export interface KubePodSpecView {
  readonly nodeName?: string;
  readonly hostNetwork?: boolean;
  readonly containers: readonly KubeContainerView[];
  readonly initContainers?: readonly KubeContainerView[];
  readonly overhead?: ResourceList;
  /** Pod-level resources (1.34): where given, they count instead of the containers' sum. */
  readonly resources?: KubeResourceRequirements;
}

export interface KubeContainerTerminated {
  readonly exitCode: number;
  readonly signal?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
}

export interface KubeContainerStatus {
  readonly name: string;
  readonly containerID?: string;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly running?: { readonly startedAt?: string };
    readonly terminated?: KubeContainerTerminated;
  };
}

export interface KubeCondition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

export type PodPhase = "Pending" | "Running" | "Succeeded" | "Failed" | "Unknown";

export interface KubePodStatusView {
  readonly phase?: PodPhase;
  readonly reason?: string;
  readonly message?: string;
  readonly podIP?: string;
  readonly hostIP?: string;
  readonly conditions?: readonly KubeCondition[];
  readonly containerStatuses?: readonly KubeContainerStatus[];
  readonly initContainerStatuses?: readonly KubeContainerStatus[];
}

export interface KubePod {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: KubeMeta;
  readonly spec: KubePodSpecView;
  readonly status?: KubePodStatusView;
}

export interface KubeNode {
  readonly metadata: KubeMeta;
  readonly spec?: { readonly unschedulable?: boolean };
  readonly status?: {
    readonly allocatable?: ResourceList;
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    readonly nodeInfo?: { readonly bootID?: string };
  };
}

/** Still uses what it asked for: neither Succeeded nor Failed. */
export function isPodLive(pod: KubePod): boolean {
  return pod.status?.phase !== "Succeeded" && pod.status?.phase !== "Failed";
}

/** A container of it runs or may yet. Its phase alone would say so for a moment after the last one ended. */
export function mayStillRun(pod: KubePod): boolean {
  const statuses = pod.status?.containerStatuses ?? [];
  const ended = statuses.filter(({ state }) => state?.terminated !== undefined);
  return isPodLive(pod) && ended.length < pod.spec.containers.length;
}
