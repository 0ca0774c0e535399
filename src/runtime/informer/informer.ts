import type { KubeKind } from "../kube/kube-kind.ts";
import type { KubeObject, ObjectKey } from "../kube/kube-object.ts";

export type Change<T extends KubeObject> =
  | { readonly kind: "added"; readonly object: T; readonly initial: boolean }
  | { readonly kind: "updated"; readonly object: T; readonly previous: T }
  /** The last state seen; the deletion itself may have been missed. */
  | { readonly kind: "deleted"; readonly object: T }
  /** Periodic repetition of what is known. */
  | { readonly kind: "resync"; readonly object: T };

/** Maps to keys and enqueues; anything else belongs into a reconcile. A throwing handler is counted and skipped. */
export type ChangeHandler<T extends KubeObject> = (change: Change<T>) => void;

/** The values under which an object is found in an index. */
export type IndexBy<T extends KubeObject> = (object: T) => readonly string[];

/** A cache of one kind that follows the API server. Objects are shared: treat them as frozen. */
export interface Informer<T extends KubeObject> {
  readonly kind: KubeKind;
  /** True once the first list is complete; stays true. */
  hasSynced(): boolean;
  get(key: ObjectKey): T | undefined;
  list(): Iterable<T>;
  /** Objects in an index given at creation; `[]` for an unknown value. @throws {InvariantError} for an unknown index. */
  byIndex(index: string, value: string): readonly T[];
  /** Calls `handler` for everything already known (as `added`, initial) and for every later change. */
  onChange(handler: ChangeHandler<T>): () => void;
}
