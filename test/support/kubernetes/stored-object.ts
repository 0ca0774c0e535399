import { OperatingError } from "../../../src/api/errors/operating-error.ts";
import { apiVersionOf, gvkOf, type KubeKind } from "../../../src/runtime/kube/kube-kind.ts";
import {
  objectKey,
  type KubeObject,
  type ObjectMeta,
} from "../../../src/runtime/kube/kube-object.ts";

/** An object as the fake keeps it. */
export type Stored = KubeObject & { spec?: unknown; status?: unknown };

/** Kinds that keep `status` in the object itself. */
const WITHOUT_STATUS = new Set(["configmaps", "secrets", "leases", "events", "serviceaccounts"]);

export function hasStatusApart(kind: KubeKind): boolean {
  return !WITHOUT_STATUS.has(kind.plural);
}

/** The place of an object among all of the fake. */
export function idOf(
  kind: KubeKind,
  at: { readonly namespace?: string; readonly name: string },
): string {
  return idOfKey(kind, objectKey(at.namespace, at.name));
}

export function idOfKey(kind: KubeKind, key: string): string {
  return `${gvkOf(kind)}|${key}`;
}

export function typed(kind: KubeKind, object: KubeObject): Stored {
  return { apiVersion: apiVersionOf(kind), kind: kind.kind, ...object };
}

/** What a write leaves of `next`: a status has its own door, and comes through no other. */
export function shape(
  kind: KubeKind,
  live: Stored | undefined,
  next: Stored,
  subresource: string | undefined,
): Stored {
  if (!hasStatusApart(kind)) return next;
  if (subresource === "status") return { ...(live ?? next), status: next.status };
  const { status: _status, ...rest } = next;
  return live?.status === undefined ? rest : { ...rest, status: live.status };
}

/** One more when the spec changed. */
export function nextGeneration(live: Stored | undefined, next: Stored): number {
  if (live === undefined) return 1;
  const generation = live.metadata.generation ?? 1;
  return JSON.stringify(live.spec) === JSON.stringify(next.spec) ? generation : generation + 1;
}

/** @throws {OperatingError} KUBE_CONFLICT when the writer names another object or an older version. */
export function checkVersion(
  live: Stored | undefined,
  { uid, resourceVersion }: Pick<ObjectMeta, "uid" | "resourceVersion">,
): void {
  if (live === undefined) return;
  const isOther = uid !== undefined && uid !== live.metadata.uid;
  const isOld = resourceVersion !== undefined && resourceVersion !== live.metadata.resourceVersion;
  if (isOther || isOld) throw new OperatingError("KUBE_CONFLICT", "the object has been modified");
}
