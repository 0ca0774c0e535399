/** How an election by sessions divides the time that a silent leader has. */
export interface SessionTiming {
  /** Asked for. */
  readonly sessionMs: number;
  /** Between attempts to open a session, and between looks at the members that no watch asked for. */
  readonly retryMs: number;
}

/** Masters: a crash fails over in under 10 s. */
export const MASTER_SESSION: SessionTiming = { sessionMs: 6_000, retryMs: 2_000 };

/**
 * ```
 * 0            T/6 … : the leader asks the quorum to confirm, each time
 * last confirmation sent ── T/2 ──► term over ── T/3 ──► its writes have ended ── T/6 ──► session may expire
 * ```
 * The last sixth is for a server that passes the news of its sessions on late: half a tick of ZooKeeper, at most 1 s of 6 s.
 */
export function confirmEveryMs(timeoutMs: number): number {
  return timeoutMs / 6;
}

/** A term is over so long after the last confirmed confirmation was sent. */
export function renewDeadlineMs(timeoutMs: number): number {
  return timeoutMs / 2;
}

/** Writes that began under a term end within this time. */
export function writeTimeoutMs(timeoutMs: number): number {
  return timeoutMs / 3;
}
