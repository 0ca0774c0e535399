import type {
  LeaseRecord,
  LeaseStore,
  StoredLease,
} from "../../../src/runtime/ports/lease-store.ts";

/** One record in memory; {@link intercept} delays or fails calls, also after they took effect. */
export class MemoryLeaseStore implements LeaseStore {
  stored: StoredLease | undefined;
  writes = 0;
  #version = 0;

  /** The store as one candidate sees it. */
  seenBy(candidate: { intercept?: (call: "read" | "write") => Promise<void> | void }): LeaseStore {
    return {
      read: async (signal) => {
        await candidate.intercept?.("read");
        return this.read(signal);
      },
      write: async (record, version, signal) => {
        await candidate.intercept?.("write");
        return this.write(record, version, signal);
      },
    };
  }

  read(signal: AbortSignal): Promise<StoredLease | undefined> {
    signal.throwIfAborted();
    return Promise.resolve(this.stored);
  }

  write(
    record: LeaseRecord,
    version: string | undefined,
    signal: AbortSignal,
  ): Promise<StoredLease | undefined> {
    signal.throwIfAborted();
    if (this.stored?.version !== version) return Promise.resolve(undefined);
    this.writes += 1;
    this.stored = { record, version: String(++this.#version) };
    return Promise.resolve(this.stored);
  }
}
