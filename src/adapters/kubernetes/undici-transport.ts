import { isOperatingError } from "../../api/errors/operating-error.ts";
import type { KubeKind, KubeRef } from "../../runtime/kube/kube-kind.ts";
import { apiVersionOf } from "../../runtime/kube/kube-kind.ts";
import type { KubeObject } from "../../runtime/kube/kube-object.ts";
import type {
  ApplyOptions,
  CallOptions,
  DeleteOptions,
  KubeList,
  KubePatch,
  KubeTransport,
  ListOptions,
  Selection,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from "../../runtime/ports/kube-transport.ts";
import type { ApiCall, ApiClient } from "./api-client.ts";
import { fromKubernetes } from "./errors.ts";
import { readJsonLines } from "./json-lines.ts";
import { collectionPath, objectPath, withQuery, type Query } from "./paths.ts";
import { decodeWatchEvent } from "./watch-events.ts";

/** Who owns what we write, unless the caller says otherwise. */
export const FIELD_MANAGER = "orchestrator";
/** A longer line ends the watch with KUBE_TOO_LARGE; etcd stores 1.5 MiB per object. */
const WATCH_LINE_MAX_BYTES = 8 * 1024 * 1024;

export type FieldValidation = "Strict" | "Warn";

export interface TransportRules {
  readonly fieldValidation: FieldValidation;
  /** A write ends after this time, at the server and here: 5 s, 2 s for masters (their leases are shorter). */
  readonly writeTimeoutMs: number;
}

/** {@link KubeTransport} over pooled HTTP/1.1 connections. Objects pass as raw JSON. */
export class UndiciTransport implements KubeTransport {
  readonly #client: ApiClient;
  readonly #rules: TransportRules;

  constructor(client: ApiClient, rules: TransportRules) {
    this.#client = client;
    this.#rules = rules;
  }

  async get<T extends KubeObject>(ref: KubeRef, { signal }: CallOptions): Promise<T | undefined> {
    try {
      return await this.#client.json<T>({
        method: "GET",
        verb: "get",
        path: objectPath(ref),
        repeatable: "idempotent",
        signal,
      });
    } catch (error) {
      if (isAbsentObject(error)) return undefined;
      throw error;
    }
  }

  async list<T extends KubeObject>(
    selection: Selection,
    options: ListOptions,
  ): Promise<KubeList<T>> {
    const answer = await this.#client.json<WireList<T>>({
      method: "GET",
      verb: "list",
      path: selectionPath(selection, {
        limit: options.limit,
        continue: options.continue,
        resourceVersion: options.resourceVersion,
      }),
      ...acceptOf(selection, "PartialObjectMetadataList"),
      repeatable: "idempotent",
      signal: options.signal,
    });
    const { resourceVersion, continue: next } = answer.metadata;
    return {
      // The server leaves type names out of a list's items.
      items: (answer.items ?? []).map((item) => typed(selection.kind, item)),
      resourceVersion,
      ...(next === undefined || next === "" ? {} : { continue: next }),
    };
  }

  async *watch<T extends KubeObject>(
    selection: Selection,
    options: WatchOptions,
  ): AsyncGenerator<WatchEvent<T>, void, undefined> {
    const initial = options.sendInitialEvents === true;
    const call: ApiCall = {
      method: "GET",
      verb: "watch",
      path: selectionPath(selection, {
        watch: true,
        allowWatchBookmarks: true,
        timeoutSeconds: options.timeoutSeconds,
        resourceVersion: options.resourceVersion,
        sendInitialEvents: initial ? true : undefined,
        resourceVersionMatch: initial ? "NotOlderThan" : undefined,
      }),
      ...acceptOf(selection, "PartialObjectMetadata"),
      repeatable: "never",
      stream: true,
      signal: options.signal,
    };
    const bytes = await this.#client.stream(call);
    try {
      for await (const line of readJsonLines(bytes, WATCH_LINE_MAX_BYTES)) {
        yield decodeWatchEvent<T>(call, line);
      }
    } catch (error) {
      options.signal.throwIfAborted();
      throw fromKubernetes(call, error);
    }
  }

  create<T extends KubeObject>(kind: KubeKind, object: T, options: WriteOptions): Promise<T> {
    const { namespace, name } = object.metadata;
    const path =
      options.subresource === undefined
        ? collectionPath(kind, namespace)
        : objectPath(
            { kind, name, ...(namespace === undefined ? {} : { namespace }) },
            options.subresource,
          );
    return this.#client.json<T>({
      method: "POST",
      verb: "create",
      path: withQuery(path, this.#writeQuery(options)),
      body: JSON.stringify(typed(kind, object)),
      repeatable: options.subresource === "eviction" ? "never" : "refusedOnly",
      ...this.#writeLimits(options),
    });
  }

  apply<T extends KubeObject>(kind: KubeKind, object: T, options: ApplyOptions): Promise<T> {
    const { namespace, name } = object.metadata;
    const ref: KubeRef = { kind, name, ...(namespace === undefined ? {} : { namespace }) };
    return this.#client.json<T>({
      method: "PATCH",
      verb: "apply",
      path: withQuery(objectPath(ref, options.subresource), {
        ...this.#writeQuery(options),
        force: options.force ?? true,
      }),
      contentType: "application/apply-patch+yaml",
      body: JSON.stringify(typed(kind, object)),
      repeatable: "idempotent",
      ...this.#writeLimits(options),
    });
  }

  patch<T extends KubeObject>(ref: KubeRef, patch: KubePatch, options: WriteOptions): Promise<T> {
    return this.#client.json<T>({
      method: "PATCH",
      verb: "patch",
      path: withQuery(objectPath(ref, options.subresource), this.#writeQuery(options)),
      contentType:
        patch.type === "json" ? "application/json-patch+json" : "application/merge-patch+json",
      body: JSON.stringify(patch.type === "json" ? patch.operations : patch.patch),
      repeatable: "refusedOnly",
      ...this.#writeLimits(options),
    });
  }

  async delete(ref: KubeRef, options: DeleteOptions): Promise<boolean> {
    const preconditions = {
      ...(options.uid === undefined ? {} : { uid: options.uid }),
      ...(options.resourceVersion === undefined
        ? {}
        : { resourceVersion: options.resourceVersion }),
    };
    const conditional = Object.keys(preconditions).length > 0;
    try {
      await this.#client.json({
        method: "DELETE",
        verb: "delete",
        path: withQuery(objectPath(ref), { timeout: this.#timeoutText() }),
        body: JSON.stringify({
          apiVersion: "v1",
          kind: "DeleteOptions",
          ...(conditional ? { preconditions } : {}),
          ...(options.propagation === undefined ? {} : { propagationPolicy: options.propagation }),
          ...(options.gracePeriodSeconds === undefined
            ? {}
            : { gracePeriodSeconds: options.gracePeriodSeconds }),
          ...(options.dryRun === true ? { dryRun: ["All"] } : {}),
        }),
        repeatable: conditional ? "idempotent" : "refusedOnly",
        ...this.#writeLimits(options),
      });
      return true;
    } catch (error) {
      if (isAbsentObject(error)) return false;
      throw error;
    }
  }

  #writeQuery(options: WriteOptions): Query {
    return {
      fieldManager: options.fieldManager ?? FIELD_MANAGER,
      fieldValidation: this.#rules.fieldValidation,
      dryRun: options.dryRun === true ? "All" : undefined,
      timeout: this.#timeoutText(),
    };
  }

  #timeoutText(): string {
    return `${this.#rules.writeTimeoutMs}ms`;
  }

  #writeLimits({ signal }: CallOptions): {
    readonly signal: AbortSignal;
    readonly timeoutMs: number;
  } {
    return { signal, timeoutMs: this.#rules.writeTimeoutMs };
  }
}

interface WireList<T> {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items?: readonly T[] | null;
}

/** True when the answer speaks of the object; a 404 for an unknown kind names none. */
function isAbsentObject(error: unknown): boolean {
  return isOperatingError(error, "KUBE_NOT_FOUND") && error.details["name"] !== undefined;
}

function selectionPath(selection: Selection, query: Query): string {
  return withQuery(collectionPath(selection.kind, selection.namespace), {
    labelSelector: selection.labelSelector,
    fieldSelector: selection.fieldSelector,
    ...query,
  });
}

function acceptOf(selection: Selection, as: string): { readonly accept?: string } {
  if (selection.mode !== "metadata") return {};
  return { accept: `application/json;as=${as};g=meta.k8s.io;v=v1` };
}

/** The object with its `apiVersion` and `kind`, which the server wants on every write. */
function typed<T extends KubeObject>(kind: KubeKind, object: T): T {
  if (object.apiVersion !== undefined && object.kind !== undefined) return object;
  return { apiVersion: apiVersionOf(kind), kind: kind.kind, ...object };
}
