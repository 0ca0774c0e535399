import { isOperatingError } from "../../api/errors/operating-error.ts";
import { KINDS } from "../../runtime/kube/core-kinds.ts";
import type { JsonObject, KubeObject } from "../../runtime/kube/kube-object.ts";
import type { KubeRef } from "../../runtime/kube/kube-kind.ts";
import type { KubeTransport } from "../../runtime/ports/kube-transport.ts";
import type { LeaseRecord, LeaseStore, StoredLease } from "../../runtime/ports/lease-store.ts";
import { formatMicroTime, parseMicroTime } from "./micro-time.ts";

interface LeaseSpec {
  readonly holderIdentity?: string | null;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string | null;
  readonly renewTime?: string | null;
  readonly leaseTransitions?: number;
}
interface Lease extends KubeObject {
  readonly spec?: LeaseSpec;
}

/** The record as a `coordination.k8s.io` Lease; its resourceVersion is the version that is compared. */
export class KubeLeaseStore implements LeaseStore {
  readonly #kube: KubeTransport;
  readonly #ref: KubeRef;

  /** `kube` should have a connection of its own, so that no other call stands before a renewal. */
  constructor(kube: KubeTransport, namespace: string, name: string) {
    this.#kube = kube;
    this.#ref = { kind: KINDS.Lease, namespace, name };
  }

  async read(signal: AbortSignal): Promise<StoredLease | undefined> {
    const lease = await this.#kube.get<Lease>(this.#ref, { signal });
    return lease === undefined ? undefined : decode(lease);
  }

  async write(
    record: LeaseRecord,
    version: string | undefined,
    signal: AbortSignal,
  ): Promise<StoredLease | undefined> {
    try {
      return decode(
        version === undefined
          ? await this.#create(record, signal)
          : await this.#replace(record, version, signal),
      );
    } catch (error) {
      if (isLostRace(error)) return undefined;
      throw error;
    }
  }

  #create(record: LeaseRecord, signal: AbortSignal): Promise<Lease> {
    const { kind, name, namespace } = this.#ref;
    const lease: Lease = {
      metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
      spec: encode(record),
    };
    return this.#kube.create<Lease>(kind, lease, { signal });
  }

  #replace(record: LeaseRecord, version: string, signal: AbortSignal): Promise<Lease> {
    const patch: JsonObject = {
      metadata: { resourceVersion: version },
      spec: { ...encode(record) },
    };
    return this.#kube.patch<Lease>(this.#ref, { type: "merge", patch }, { signal });
  }
}

function isLostRace(error: unknown): boolean {
  return (
    isOperatingError(error) &&
    ["KUBE_CONFLICT", "KUBE_ALREADY_EXISTS", "KUBE_NOT_FOUND"].includes(error.code)
  );
}

/** An empty holder is written as absent: the API refuses `""`. */
function encode(record: LeaseRecord): {
  holderIdentity: string | null;
  leaseDurationSeconds: number;
  acquireTime: string;
  renewTime: string;
  leaseTransitions: number;
} {
  return {
    holderIdentity: record.holder === "" ? null : record.holder,
    leaseDurationSeconds: Math.max(1, Math.round(record.leaseDurationMs / 1_000)),
    acquireTime: formatMicroTime(record.acquiredAtMs),
    renewTime: formatMicroTime(record.renewedAtMs),
    leaseTransitions: record.transitions,
  };
}

function decode({ metadata, spec = {} }: Lease): StoredLease {
  return {
    version: metadata.resourceVersion ?? "",
    record: {
      holder: spec.holderIdentity ?? "",
      leaseDurationMs: (spec.leaseDurationSeconds ?? 15) * 1_000,
      acquiredAtMs: parseMicroTime(spec.acquireTime ?? undefined) ?? 0,
      renewedAtMs: parseMicroTime(spec.renewTime ?? undefined) ?? 0,
      transitions: spec.leaseTransitions ?? 0,
    },
  };
}
