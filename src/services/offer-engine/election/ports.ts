/**
 * Where masters meet (a path in ZooKeeper): sessions that end when their holder is silent, and members, each of which goes
 * with the session that made it. One store is one path of one ensemble.
 */
export interface ElectionStore {
  /**
   * Opens a session; its path is there when it resolves.
   * @throws {OperatingError} ZK_CONNECTION_LOSS (transient) while no server answers, ZK_AUTH_FAILED, ZK_NO_AUTH,
   * ZK_SESSION_TOO_SHORT when the ensemble grants less than was asked for.
   */
  open(signal: AbortSignal): Promise<ElectionSession>;
}

/**
 * One session. Every method throws {OperatingError} ZK_CONNECTION_LOSS when the answer did not come (what was asked for may have
 * happened), ZK_SESSION_EXPIRED once the session is over, ZK_NO_AUTH.
 */
export interface ElectionSession {
  /** What the ensemble granted: so long it waits for a silent holder, at least. */
  readonly timeoutMs: number;
  /** Aborts when the session is over, or cannot be told from one that is. It never comes back. */
  readonly lost: AbortSignal;
  /** Becomes a member under `<prefix><number>`, the numbers growing. @returns the name. */
  join(prefix: string, data: Uint8Array): Promise<string>;
  /** Names of all children of the path, in no order; `changed` is called once when they may differ, unless a later call replaces it. */
  children(changed: () => void): Promise<readonly string[]>;
  /** Data of a child; undefined when it is gone. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Removes a child of anybody. One that is gone is no error. */
  remove(name: string): Promise<void>;
  /**
   * Resolves when a quorum of the ensemble has said, after the call, that session and member are there. An answer of one server
   * alone would not do: a server that is cut off from the others knows nothing of an expiry for as long as 10 s.
   * @throws {OperatingError} ZK_NO_NODE when the member is gone.
   */
  confirm(name: string): Promise<void>;
  /** Ends the session and its members; resolves when the ensemble has done so, or could not be told. */
  close(): Promise<void>;
}
