import { OperatingError } from "../../api/errors/operating-error.ts";
import type { CancelTimer, Clock } from "../ports/clock.ts";
import type { Term } from "./term.ts";

/**
 * A term we hold, kept alive by {@link renewed}. It ends on its own when no renewal came in time.
 * Both clocks are asked: the monotonic one stands still while a virtual machine is suspended, the wall clock may be set back.
 */
export class HeldTerm implements Term {
  readonly number: number;
  readonly #clock: Clock;
  readonly #renewDeadlineMs: number;
  readonly #controller = new AbortController();
  readonly #onExpired: () => void;
  #sentAtMs = 0;
  #sentAtWallMs = 0;
  #cancel: CancelTimer | undefined;

  constructor(number: number, clock: Clock, renewDeadlineMs: number, onExpired: () => void) {
    this.number = number;
    this.#clock = clock;
    this.#renewDeadlineMs = renewDeadlineMs;
    this.#onExpired = onExpired;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  isCurrent(): boolean {
    return !this.signal.aborted && this.#leftMs() > 0;
  }

  /** A renewal was acknowledged that had been sent at these times. */
  renewed(sentAtMs: number, sentAtWallMs: number): void {
    this.#sentAtMs = sentAtMs;
    this.#sentAtWallMs = sentAtWallMs;
    this.#cancel?.();
    this.#cancel = this.#clock.after(this.#leftMs(), () => this.#onExpired());
  }

  /** Aborts everything that runs under this term. */
  expire(): void {
    this.#cancel?.();
    this.#controller.abort(
      new OperatingError("LEADER_TERM_EXPIRED", `term ${this.number} was lost`, {
        details: { term: this.number },
      }),
    );
  }

  /** Ends the term without aborting: all work under it has ended. */
  release(): void {
    this.#cancel?.();
    this.#sentAtMs = Number.NEGATIVE_INFINITY;
  }

  #leftMs(): number {
    const passedMs = Math.max(
      this.#clock.monotonicMs() - this.#sentAtMs,
      this.#clock.nowMs() - this.#sentAtWallMs,
    );
    return this.#renewDeadlineMs - passedMs;
  }
}
