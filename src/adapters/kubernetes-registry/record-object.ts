import { createHash } from "node:crypto";
import { OperatingError } from "../../api/errors/operating-error.ts";
import { asId } from "../../api/ids/ids.ts";
import { KINDS } from "../../runtime/kube/core-kinds.ts";
import type { KubeKind } from "../../runtime/kube/kube-kind.ts";
import type { KubeObject, OwnerReference } from "../../runtime/kube/kube-object.ts";
import type {
  RecordVersion,
  RegistryKind,
  RegistryRecord,
} from "../../services/offer-engine/ports.ts";

/** Name of the MesosCluster whose registry a record belongs to. */
export const REGISTRY_LABEL = "orchestrator.io/registry";
export const RECORD_KIND_LABEL = "orchestrator.io/record-kind";
/** The key as it is; object names cannot hold every key. */
const KEY_ANNOTATION = "orchestrator.io/record-key";
const DATA_FIELD = "record";
/** Enough of SHA-256 that two keys never meet: 80 bits. */
const HASH_DIGITS = 20;

/** A ConfigMap keeps base64 in `binaryData`, a Secret in `data`. */
export interface RecordObject extends KubeObject {
  readonly binaryData?: Readonly<Record<string, string>>;
  readonly data?: Readonly<Record<string, string>>;
}

/** Kinds whose records may hold an environment, and with it secrets. */
const SECRET_KINDS: ReadonlySet<RegistryKind> = new Set(["workload", "job"]);

/** What the object of a record is. */
export function objectKindOf(kind: RegistryKind): KubeKind {
  return SECRET_KINDS.has(kind) ? KINDS.Secret : KINDS.ConfigMap;
}

export function recordName(cluster: string, kind: RegistryKind, key: string): string {
  const hash = createHash("sha256").update(key).digest("hex").slice(0, HASH_DIGITS);
  return `${cluster}-${kind}-${hash}`;
}

export function recordSelector(cluster: string, kind: RegistryKind): string {
  return `${REGISTRY_LABEL}=${cluster},${RECORD_KIND_LABEL}=${kind}`;
}

/** The content alone, as a merge patch or as a part of the whole object. */
export function recordContent(
  kind: RegistryKind,
  bytes: Uint8Array,
): Pick<RecordObject, "data" | "binaryData"> {
  const content = { [DATA_FIELD]: Buffer.from(bytes).toString("base64") };
  return SECRET_KINDS.has(kind) ? { data: content } : { binaryData: content };
}

export interface RecordParts {
  readonly cluster: string;
  readonly namespace: string;
  /** The MesosCluster: its records go with it. */
  readonly owner?: OwnerReference;
  readonly kind: RegistryKind;
  readonly key: string;
  readonly bytes: Uint8Array;
}

export function encodeRecord({
  cluster,
  namespace,
  owner,
  kind,
  key,
  bytes,
}: RecordParts): RecordObject {
  return {
    metadata: {
      name: recordName(cluster, kind, key),
      namespace,
      labels: {
        "app.kubernetes.io/managed-by": "orchestrator-master",
        [REGISTRY_LABEL]: cluster,
        [RECORD_KIND_LABEL]: kind,
      },
      annotations: { [KEY_ANNOTATION]: key },
      ...(owner === undefined ? {} : { ownerReferences: [owner] }),
    },
    ...recordContent(kind, bytes),
  };
}

/** @throws {OperatingError} REGISTRY_CORRUPT for an object that lost its key or its content. */
export function decodeRecord(kind: RegistryKind, object: RecordObject): RegistryRecord {
  const { name, annotations, resourceVersion } = object.metadata;
  const key = annotations?.[KEY_ANNOTATION];
  const content = (SECRET_KINDS.has(kind) ? object.data : object.binaryData)?.[DATA_FIELD];
  if (key === undefined || content === undefined || resourceVersion === undefined) {
    throw new OperatingError("REGISTRY_CORRUPT", "a record has lost its key or its content", {
      details: { kind, name },
    });
  }
  const bytes = new Uint8Array(Buffer.from(content, "base64"));
  return { kind, key, bytes, version: asId<RecordVersion>(resourceVersion) };
}
