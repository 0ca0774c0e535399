import type { KubeCondition } from "../kubectl.ts";

/** What a person would ask for first when something does not come up. */
export interface World {
  readonly nodes: readonly KubeThing[];
  /** Objects of our kinds, and what they become. */
  readonly objects: readonly KubeThing[];
  readonly pods: readonly PodThing[];
  readonly events: readonly EventThing[];
  readonly logs: readonly LogEnd[];
  /** Questions that the cluster did not answer, with its words. */
  readonly unanswered: readonly string[];
}

export interface KubeThing {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly status?: { readonly conditions?: readonly KubeCondition[] };
}

export interface ContainerThing {
  readonly name: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

export interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly terminated?: {
    readonly reason?: string;
    readonly message?: string;
    readonly exitCode?: number;
  };
}

export interface PodThing {
  readonly metadata: {
    readonly name: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly spec?: { readonly nodeName?: string };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly message?: string;
    readonly conditions?: readonly KubeCondition[];
    readonly initContainerStatuses?: readonly ContainerThing[];
    readonly containerStatuses?: readonly ContainerThing[];
  };
}

export interface EventThing {
  readonly type?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly count?: number;
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string };
  readonly firstTimestamp?: string | null;
  readonly lastTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly metadata?: { readonly creationTimestamp?: string };
  readonly involvedObject: { readonly kind?: string; readonly name?: string };
}

/** The last lines somebody wrote. */
export interface LogEnd {
  readonly title: string;
  readonly lines: readonly string[];
}
