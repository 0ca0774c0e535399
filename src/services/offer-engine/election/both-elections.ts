import { linkSignals } from "../../../runtime/link-signals.ts";
import type { Election, ElectionCallbacks, Term } from "../../../runtime/leader/term.ts";
import type { SessionElection } from "./session-election.ts";

export interface BothElectionsParts {
  readonly lease: Election;
  /** Made with `contends: false`. */
  readonly sessions: SessionElection;
}

/**
 * For the time in which masters change from one election to the other: leads who holds both. The Lease comes first, and only its
 * holder joins the members, so that no two wait for each other. While masters of the old kind and these, and later these
 * and those of the new kind run side by side, every two of them have one election in common.
 */
export class BothElections implements Election {
  readonly #parts: BothElectionsParts;
  #lease: Term | undefined;
  #held: BothTerms | undefined;

  constructor(parts: BothElectionsParts) {
    this.#parts = parts;
  }

  current(): Term | undefined {
    return this.#held;
  }

  /** A member leads for sure; the holder of the Lease may still wait to become one. */
  leader(): string {
    const { lease, sessions } = this.#parts;
    return sessions.leader() === "" ? lease.leader() : sessions.leader();
  }

  async run(callbacks: ElectionCallbacks, signal: AbortSignal): Promise<void> {
    const { lease, sessions } = this.#parts;
    const end = (released: boolean): void => {
      const held = this.#held;
      if (held === undefined) return;
      this.#held = undefined;
      held.unlink();
      callbacks.onLost(held, released);
    };
    // Given back last: whoever takes it finds no member of ours.
    const leaseEnd = new AbortController();
    const holding = lease.run(
      {
        onWon: (term) => {
          this.#lease = term;
          sessions.setContending(true);
        },
        onLost: (_term, released) => {
          this.#lease = undefined;
          sessions.setContending(false);
          end(released);
        },
      },
      leaseEnd.signal,
    );
    await sessions.run(
      {
        onWon: (term) => {
          if (this.#lease === undefined) return;
          this.#held = new BothTerms(this.#lease, term);
          callbacks.onWon(this.#held);
        },
        onLost: (_term, released) => end(released),
      },
      signal,
    );
    leaseEnd.abort();
    await holding;
  }
}

/** Current while both are. Its number only tells terms apart: the one that counts is the Registry's. */
class BothTerms implements Term {
  readonly number: number;
  readonly signal: AbortSignal;
  readonly unlink: () => void;
  readonly #terms: readonly Term[];

  constructor(lease: Term, member: Term) {
    this.number = Math.max(lease.number, member.number);
    this.#terms = [lease, member];
    const { signal, unlink } = linkSignals(lease.signal, member.signal);
    this.signal = signal;
    this.unlink = unlink;
  }

  isCurrent(): boolean {
    return this.#terms.every((term) => term.isCurrent());
  }
}
