import { OperatingError } from "../../../src/api/errors/operating-error.ts";
import { asId } from "../../../src/api/ids/ids.ts";
import type {
  RecordVersion,
  Registry,
  RegistryKind,
  RegistryRecord,
} from "../../../src/services/offer-engine/ports.ts";

/** Records in memory with the contract of the port; outlives the masters that use it. */
export class MemoryRegistry implements Registry {
  readonly records = new Map<string, RegistryRecord>();
  #version = 0;

  put(
    kind: RegistryKind,
    key: string,
    bytes: Uint8Array,
    expected?: RecordVersion | "absent",
  ): Promise<RecordVersion> {
    const fault = this.#conflict(kind, key, expected);
    if (fault !== undefined) return Promise.reject(fault);
    const version = asId<RecordVersion>(String(++this.#version));
    this.records.set(`${kind}/${key}`, { kind, key, bytes, version });
    return Promise.resolve(version);
  }

  get(kind: RegistryKind, key: string): Promise<RegistryRecord | undefined> {
    return Promise.resolve(this.records.get(`${kind}/${key}`));
  }

  list(kind: RegistryKind): Promise<readonly RegistryRecord[]> {
    return Promise.resolve([...this.records.values()].filter((record) => record.kind === kind));
  }

  delete(kind: RegistryKind, key: string, expected?: RecordVersion): Promise<void> {
    const fault = this.records.has(`${kind}/${key}`)
      ? this.#conflict(kind, key, expected)
      : undefined;
    if (fault !== undefined) return Promise.reject(fault);
    this.records.delete(`${kind}/${key}`);
    return Promise.resolve();
  }

  #conflict(
    kind: RegistryKind,
    key: string,
    expected: RecordVersion | "absent" | undefined,
  ): OperatingError | undefined {
    if (expected === undefined) return undefined;
    const stored = this.records.get(`${kind}/${key}`)?.version;
    const isExpected = expected === "absent" ? stored === undefined : stored === expected;
    return isExpected
      ? undefined
      : new OperatingError("REGISTRY_CONFLICT", "the record is not the one expected");
  }
}
