import type { KubeObject } from "../kube/kube-object.ts";

export interface EventNote {
  readonly type: "Normal" | "Warning";
  /** A condition reason (closed set): CamelCase. */
  readonly reason: string;
  /** What was done, CamelCase verb, e.g. `Created`. */
  readonly action: string;
  /** Cut at 1 kB. */
  readonly note: string;
  /** Second object concerned. */
  readonly related?: KubeObject;
}

/** Kubernetes Events for decisions that users care about. Never throws, never waits; overflow is dropped and counted. */
export interface EventRecorder {
  record(regarding: KubeObject, note: EventNote): void;
}
