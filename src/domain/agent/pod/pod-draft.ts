import type {
  ContainerPort,
  DnsConfig,
  EnvVar,
  SecurityContext,
  VolumeManifest,
  VolumeMount,
} from "./pod-manifest.ts";

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** One container while its mappings are applied, in the order of the table in agent.md section 7. */
export interface ContainerDraft {
  image: string;
  imagePullPolicy: "Always" | "IfNotPresent";
  command?: readonly string[];
  args?: readonly string[];
  workingDir?: string;
  readonly env: Map<string, EnvVar>;
  readonly requests: Record<string, string>;
  readonly limits: Record<string, string>;
  readonly ports: ContainerPort[];
  readonly volumeMounts: VolumeMount[];
  readonly security: Writable<SecurityContext>;
}

/** What the tasks of one Pod share. */
export interface PodDraft {
  hostNetwork: boolean;
  hostname?: string;
  hostPid: boolean;
  hostIpc: boolean;
  shareProcessNamespace: boolean;
  revocable: boolean;
  dnsNone: boolean;
  readonly dns: Writable<DnsConfig>;
  readonly hostAliases: { readonly ip: string; readonly hostnames: readonly string[] }[];
  readonly volumes: Map<string, VolumeManifest>;
  readonly pullSecrets: Set<string>;
  readonly supplementalGroups: number[];
  readonly sysctls: { readonly name: string; readonly value: string }[];
  readonly annotations: Record<string, string>;
  readonly labels: Record<string, string>;
  /** Said in the log, never silently dropped. */
  readonly warnings: string[];
}

export function newPodDraft(): PodDraft {
  return {
    hostNetwork: false,
    hostPid: false,
    hostIpc: false,
    shareProcessNamespace: false,
    revocable: false,
    dnsNone: false,
    dns: {},
    hostAliases: [],
    volumes: new Map(),
    pullSecrets: new Set(),
    supplementalGroups: [],
    sysctls: [],
    annotations: {},
    labels: {},
    warnings: [],
  };
}
