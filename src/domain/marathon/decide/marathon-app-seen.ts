import type { MarathonAppSpec } from "../../../api/crd/v1alpha1/marathon-app/spec.ts";
import type { MarathonAppStatus } from "../../../api/crd/v1alpha1/marathon-app/status.ts";
import type { AppPod } from "../status/app-pod.ts";
import type { LiveRollout } from "../status/rollout-state.ts";
import type { RenderSettings } from "../manifests/render-input.ts";
import type { ChangeRecord } from "./change-record.ts";

/** The MarathonApp as it was read. */
export interface SeenObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly generation: number;
    readonly resourceVersion: string;
    readonly creationTimestamp?: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly managedFields?: readonly {
      readonly manager?: string;
      readonly operation?: string;
      readonly subresource?: string;
    }[];
  };
  readonly spec: MarathonAppSpec;
  readonly status?: MarathonAppStatus;
}

/** A child that may exist. */
export interface SeenChild {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly { readonly uid: string; readonly controller?: boolean }[];
  };
  readonly spec?: { readonly selector?: Readonly<Record<string, string>> };
}

export type SeenService = SeenChild;

/** An app that this one depends on. */
export interface SeenDependency {
  readonly id: string;
  readonly name: string;
  /** It has no unfinished change. */
  readonly isSettled: boolean;
  readonly servicePort?: number;
}

/** A version that was recorded: the spec of that time. */
export interface StoredVersion {
  readonly record: ChangeRecord;
  readonly spec: MarathonAppSpec;
}

/** Everything a decision about one app reads; frozen, taken at one moment. */
export interface MarathonAppSeen {
  readonly nowMs: number;
  readonly object: SeenObject;
  readonly settings: RenderSettings;
  /** Pool that the app joins; `undefined` when no MesosCluster of that name exists, or none or several to choose from. */
  readonly cluster: string | undefined;
  /** Label keys that every node of the pool carries. */
  readonly labelsOnEveryNode: ReadonlySet<string>;
  readonly rollout: LiveRollout | undefined;
  readonly services: readonly SeenService[];
  readonly podDisruptionBudget: SeenChild | undefined;
  readonly pods: readonly AppPod[];
  /** Older MarathonApp with the same id. */
  readonly duplicateOf: string | undefined;
  readonly dependencies: readonly SeenDependency[];
  /** Service ports of all other apps. */
  readonly usedServicePorts: ReadonlySet<number>;
  /** Newest first. */
  readonly versions: readonly StoredVersion[];
}
