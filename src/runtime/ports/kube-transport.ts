import type { JsonObject, KubeObject } from "../kube/kube-object.ts";
import type { KubeKind, KubeRef } from "../kube/kube-kind.ts";

export interface CallOptions {
  /** Ends the call; it then rejects with the signal's reason, never with an OperatingError. */
  readonly signal: AbortSignal;
}

/** `full` gives whole objects; `metadata` only `metadata` (PartialObjectMetadata), for kinds we only count or own. */
export type ObjectMode = "full" | "metadata";

export interface Selection {
  readonly kind: KubeKind;
  /** Absent: all namespaces. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly mode?: ObjectMode;
}

export interface ListOptions extends CallOptions {
  /** Objects per page; absent: all in one answer. */
  readonly limit?: number;
  /** The `continue` of the page before. An expired one throws KUBE_GONE. */
  readonly continue?: string;
  /** "0": any cached state will do. */
  readonly resourceVersion?: string;
}

export interface KubeList<T extends KubeObject> {
  readonly items: readonly T[];
  readonly resourceVersion: string;
  readonly continue?: string;
}

export interface WatchOptions extends CallOptions {
  /** Where to go on; absent together with `sendInitialEvents`: from the newest state. */
  readonly resourceVersion?: string;
  /** The server ends the watch after this time. */
  readonly timeoutSeconds: number;
  /**
   * Streaming list: every existing object as ADDED first, then a BOOKMARK annotated
   * `k8s.io/initial-events-end`. A server that cannot answers KUBE_INVALID.
   */
  readonly sendInitialEvents?: boolean;
}

export type WatchEvent<T extends KubeObject> =
  | { readonly type: "ADDED" | "MODIFIED" | "DELETED"; readonly object: T }
  | {
      readonly type: "BOOKMARK";
      readonly resourceVersion: string;
      /** True for the bookmark that ends a streaming list. */
      readonly initialEventsEnd: boolean;
    };

/** Reading. Every method throws {@link OperatingError} with a KUBE_ code. */
export interface KubeReader {
  /** The object, or `undefined` when the kind is served and no such object exists. */
  get<T extends KubeObject>(ref: KubeRef, options: CallOptions): Promise<T | undefined>;
  list<T extends KubeObject>(selection: Selection, options: ListOptions): Promise<KubeList<T>>;
  /**
   * Events until the server ends the watch (iteration ends) or it fails (iteration throws; an ERROR event
   * throws its code, KUBE_GONE for an expired resourceVersion).
   */
  watch<T extends KubeObject>(
    selection: Selection,
    options: WatchOptions,
  ): AsyncIterable<WatchEvent<T>>;
}

export interface WriteOptions extends CallOptions {
  /** Who owns the written fields; default `orchestrator`. */
  readonly fieldManager?: string;
  /** Everything but the storing: defaults, admission, conflicts. */
  readonly dryRun?: boolean;
  /** e.g. `status`, `scale`, `binding`, `eviction`. */
  readonly subresource?: string;
}

export interface ApplyOptions extends WriteOptions {
  /** Take fields from other managers. Default true (children); false for objects that a person owns. */
  readonly force?: boolean;
}

export interface DeleteOptions extends CallOptions {
  /** The delete loses (KUBE_CONFLICT) when the object is another one by now. */
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly gracePeriodSeconds?: number;
  readonly propagation?: "Background" | "Foreground" | "Orphan";
  readonly dryRun?: boolean;
}

export interface JsonPatchOperation {
  readonly op: "add" | "remove" | "replace" | "test" | "move" | "copy";
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

export type KubePatch =
  | { readonly type: "json"; readonly operations: readonly JsonPatchOperation[] }
  /** RFC 7386; a `metadata.resourceVersion` inside is a precondition. */
  | { readonly type: "merge"; readonly patch: JsonObject };

/**
 * Writing. Methods answer the object as stored.
 * @throws {OperatingError} KUBE_CONFLICT (precondition lost), KUBE_APPLY_CONFLICT (fields of another manager, named in the
 * details), KUBE_ALREADY_EXISTS, KUBE_NOT_FOUND, KUBE_INVALID, KUBE_FORBIDDEN, KUBE_TIMEOUT, KUBE_UNAVAILABLE …
 */
export interface KubeWriter {
  /** POST; never repeated by the transport, so the answer may be lost: deterministic names make that harmless. */
  create<T extends KubeObject>(kind: KubeKind, object: T, options: WriteOptions): Promise<T>;
  /** Server-side apply: `object` holds exactly the fields we decide. Creates the object when it is absent. */
  apply<T extends KubeObject>(kind: KubeKind, object: T, options: ApplyOptions): Promise<T>;
  patch<T extends KubeObject>(ref: KubeRef, patch: KubePatch, options: WriteOptions): Promise<T>;
  /** Resolves to false when the object was gone already. */
  delete(ref: KubeRef, options: DeleteOptions): Promise<boolean>;
}

/** The API server, as raw JSON. */
export interface KubeTransport extends KubeReader, KubeWriter {}
