import type { OperatingError } from "../../api/errors/operating-error.ts";
import type { KubeKind } from "../kube/kube-kind.ts";
import type { KubeObject, ObjectKey } from "../kube/kube-object.ts";
import type { Term } from "../leader/term.ts";
import type { KubeWriter } from "../ports/kube-transport.ts";
import type { Logger } from "../ports/logger.ts";

/** Remembers what this reconcile wrote, so that the key is not worked on again before the cache has seen it. */
export interface WriteLog {
  wrote(kind: KubeKind, stored: KubeObject): void;
  deleted(kind: KubeKind, last: KubeObject): void;
}

export interface ReconcileContext {
  /** Aborts on timeout (60 s), on stop and when the term is lost. */
  readonly signal: AbortSignal;
  /** The term under which this reconcile may write. Controllers of processes without election get an eternal one. */
  readonly term: Term;
  readonly logger: Logger;
  /** Writes here: fenced by the term, remembered in {@link writes}. */
  readonly kube: KubeWriter;
  /** Filled by {@link kube}; only for writes made in another way. */
  readonly writes: WriteLog;
  /** 1 for the first try, growing while it fails. */
  readonly attempt: number;
}

export type ReconcileResult =
  /** Forget the key until something changes. */
  | { readonly kind: "done"; readonly planActions?: number }
  /** Forget failures; look again after `afterMs` at the latest. */
  | { readonly kind: "requeueAfter"; readonly afterMs: number; readonly planActions?: number }
  /** The cache is behind or a precondition was lost: again after 100 ms, no error, no backoff. */
  | { readonly kind: "stale"; readonly what: string }
  /** Transient: with backoff. Terminal: on the next change, or after 5 min. */
  | { readonly kind: "failed"; readonly error: OperatingError };

/** Brings one object nearer to what is wanted. Gets a name, reads everything again, never waits for the world. */
export interface Reconciler {
  reconcile(key: ObjectKey, context: ReconcileContext): Promise<ReconcileResult>;
}
