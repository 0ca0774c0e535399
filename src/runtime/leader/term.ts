/**
 * One period of leadership. Passed to every writer; a write without the current term is refused, also when only the local
 * clock says that the lease could have run out.
 */
export interface Term {
  /** Grows with every change of leader; never used twice. */
  readonly number: number;
  /** False once the term is lost, or once it could be: `now ≥ last renewal sent + renew deadline`. */
  isCurrent(): boolean;
  /** Aborts with LEADER_TERM_EXPIRED when the term is lost; not on a graceful release before everything was drained. */
  readonly signal: AbortSignal;
}

export interface ElectionCallbacks {
  /** Called once per term won. Must return at once. */
  readonly onWon: (term: Term) => void;
  /** The term ended. `released`: by us, gracefully. Otherwise the process must end without draining. */
  readonly onLost: (term: Term, released: boolean) => void;
}

/** A contest for leadership, whatever keeps the record (Kubernetes Lease, ZooKeeper). */
export interface Election {
  /** Takes part until the signal aborts; then releases a term it holds and resolves. */
  run(callbacks: ElectionCallbacks, signal: AbortSignal): Promise<void>;
  /** The term held now, if any. */
  current(): Term | undefined;
  /** Identity of the leader last seen, "" while there is none. */
  leader(): string;
}
