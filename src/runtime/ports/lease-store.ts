/** The record that elects a leader: at most one holder; a new holder always raises `transitions`. */
export interface LeaseRecord {
  /** "" when released. */
  readonly holder: string;
  readonly leaseDurationMs: number;
  /** Wall time of the holder; only shown to people, never compared with another clock. */
  readonly acquiredAtMs: number;
  readonly renewedAtMs: number;
  readonly transitions: number;
}

export interface StoredLease {
  readonly record: LeaseRecord;
  /** Opaque; changes with every write by anybody. */
  readonly version: string;
}

/** Compare-and-set on one record. A Kubernetes Lease, or a znode. */
export interface LeaseStore {
  read(signal: AbortSignal): Promise<StoredLease | undefined>;
  /**
   * Writes only when the stored version is still `version` (`undefined`: when no record exists).
   * @returns the record as stored, or `undefined` when another writer was first.
   */
  write(
    record: LeaseRecord,
    version: string | undefined,
    signal: AbortSignal,
  ): Promise<StoredLease | undefined>;
}
