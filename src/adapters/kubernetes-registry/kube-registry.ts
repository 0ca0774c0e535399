import { isOperatingError, OperatingError } from "../../api/errors/operating-error.ts";
import type { ErrorCode } from "../../api/errors/table.ts";
import { asId } from "../../api/ids/ids.ts";
import type { KubeRef } from "../../runtime/kube/kube-kind.ts";
import type { JsonObject, OwnerReference } from "../../runtime/kube/kube-object.ts";
import type { KubeTransport } from "../../runtime/ports/kube-transport.ts";
import type {
  RecordVersion,
  Registry,
  RegistryKind,
  RegistryRecord,
} from "../../services/offer-engine/ports.ts";
import { RECORD_BYTES_MAX } from "../../services/offer-engine/ports.ts";
import type { RecordObject } from "./record-object.ts";
import {
  decodeRecord,
  encodeRecord,
  objectKindOf,
  recordContent,
  recordName,
  recordSelector,
} from "./record-object.ts";

const PAGE_RECORDS = 500;
const FIELD_MANAGER = "orchestrator-registry";
/** Refusals that mean: another writer was first. */
const CONFLICTS: readonly ErrorCode[] = ["KUBE_CONFLICT", "KUBE_ALREADY_EXISTS", "KUBE_NOT_FOUND"];

export interface KubeRegistryParts {
  readonly kube: KubeTransport;
  readonly namespace: string;
  /** Name of the MesosCluster. */
  readonly cluster: string;
  readonly owner?: OwnerReference;
  /** Ends all calls, when the process stops. */
  readonly signal: AbortSignal;
}

/**
 * Records as Kubernetes objects: one ConfigMap each, a Secret where a record may hold an environment. The version is the
 * object's resourceVersion, so a compare-and-set is the API server's own.
 */
export class KubeRegistry implements Registry {
  readonly #parts: KubeRegistryParts;

  constructor(parts: KubeRegistryParts) {
    this.#parts = parts;
  }

  async put(
    kind: RegistryKind,
    key: string,
    bytes: Uint8Array,
    expected?: RecordVersion | "absent",
  ): Promise<RecordVersion> {
    if (bytes.length > RECORD_BYTES_MAX) {
      throw new OperatingError("KUBE_TOO_LARGE", `a record is at most ${RECORD_BYTES_MAX} bytes`, {
        details: { kind, key, bytes: bytes.length },
      });
    }
    const stored = await translated(kind, key, () => this.#write(kind, key, bytes, expected));
    return asId<RecordVersion>(stored.metadata.resourceVersion ?? "");
  }

  async get(kind: RegistryKind, key: string): Promise<RegistryRecord | undefined> {
    const { kube, signal } = this.#parts;
    const found = await translated(kind, key, () =>
      kube.get<RecordObject>(this.#ref(kind, key), { signal }),
    );
    return found === undefined ? undefined : decodeRecord(kind, found);
  }

  async list(kind: RegistryKind): Promise<readonly RegistryRecord[]> {
    const { kube, cluster, namespace, signal } = this.#parts;
    const labelSelector = recordSelector(cluster, kind);
    const selection = { kind: objectKindOf(kind), namespace, labelSelector };
    const records: RegistryRecord[] = [];
    let next: string | undefined;
    do {
      const page = await translated(kind, "", () =>
        kube.list<RecordObject>(selection, {
          signal,
          limit: PAGE_RECORDS,
          ...(next === undefined ? {} : { continue: next }),
        }),
      );
      records.push(...page.items.map((object) => decodeRecord(kind, object)));
      next = page.continue;
    } while (next !== undefined && next !== "");
    return records;
  }

  async delete(kind: RegistryKind, key: string, expected?: RecordVersion): Promise<void> {
    const { kube, signal } = this.#parts;
    const precondition = expected === undefined ? {} : { resourceVersion: expected };
    await translated(kind, key, () =>
      kube.delete(this.#ref(kind, key), { signal, ...precondition }),
    );
  }

  #write(
    kind: RegistryKind,
    key: string,
    bytes: Uint8Array,
    expected: RecordVersion | "absent" | undefined,
  ): Promise<RecordObject> {
    const { kube, signal } = this.#parts;
    const options = { signal, fieldManager: FIELD_MANAGER };
    const whole = encodeRecord({ ...this.#parts, kind, key, bytes });
    if (expected === undefined) return kube.apply(objectKindOf(kind), whole, options);
    if (expected === "absent") return kube.create(objectKindOf(kind), whole, options);
    const patch: JsonObject = {
      metadata: { resourceVersion: expected },
      ...recordContent(kind, bytes),
    };
    return kube.patch<RecordObject>(this.#ref(kind, key), { type: "merge", patch }, options);
  }

  #ref(kind: RegistryKind, key: string): KubeRef {
    const { namespace, cluster } = this.#parts;
    return { kind: objectKindOf(kind), namespace, name: recordName(cluster, kind, key) };
  }
}

/** Kubernetes' failures in the words of the registry. */
async function translated<T>(kind: RegistryKind, key: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (!isOperatingError(cause)) throw cause;
    const isConflict = CONFLICTS.includes(cause.code);
    throw new OperatingError(
      isConflict ? "REGISTRY_CONFLICT" : "REGISTRY_UNAVAILABLE",
      isConflict ? "the record is not the one expected" : cause.message,
      { details: { kind, key }, cause, ...(isConflict ? {} : { hint: cause.hint }) },
    );
  }
}
