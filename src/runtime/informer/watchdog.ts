import { OperatingError } from "../../api/errors/operating-error.ts";
import { linkSignals } from "../link-signals.ts";
import type { CancelTimer, Clock } from "../ports/clock.ts";

/** A signal that aborts with KUBE_TIMEOUT when nobody called {@link fed} for `silenceMaxMs`, or with its parent. */
export class Watchdog {
  readonly signal: AbortSignal;
  readonly #clock: Clock;
  readonly #silenceMaxMs: number;
  readonly #controller = new AbortController();
  readonly #unlink: () => void;
  #fedAtMs: number;
  #cancel: CancelTimer;

  constructor(clock: Clock, silenceMaxMs: number, parent: AbortSignal) {
    this.#clock = clock;
    this.#silenceMaxMs = silenceMaxMs;
    const linked = linkSignals(parent, this.#controller.signal);
    this.signal = linked.signal;
    this.#unlink = linked.unlink;
    this.#fedAtMs = clock.monotonicMs();
    this.#cancel = clock.after(silenceMaxMs, () => this.#look());
  }

  /** Cheap enough for every event: the timer is not moved, it looks when it fires. */
  fed(): void {
    this.#fedAtMs = this.#clock.monotonicMs();
  }

  stop(): void {
    this.#cancel();
    this.#unlink();
  }

  #look(): void {
    const leftMs = this.#fedAtMs + this.#silenceMaxMs - this.#clock.monotonicMs();
    if (leftMs > 0) {
      this.#cancel = this.#clock.after(leftMs, () => this.#look());
      return;
    }
    this.#controller.abort(
      new OperatingError("KUBE_TIMEOUT", `nothing was heard for ${this.#silenceMaxMs} ms`),
    );
  }
}
