import type { CancelTimer, Clock } from "../../../runtime/ports/clock.ts";
import type { LogControl } from "../../../runtime/ports/logger.ts";

/** Most bytes of one answer, as in Mesos: 16 pages. */
const READ_BYTES_MAX = 64 * 1024;

/** The log of a master as operators know it: a level of detail for some time, and a file. */
export class MasterLog {
  readonly #control: LogControl;
  readonly #clock: Clock;
  #level = 0;
  #cancelRevert: CancelTimer = () => undefined;

  constructor(control: LogControl, clock: Clock) {
    this.#control = control;
    this.#clock = clock;
  }

  /** 0: as the process was started; more: everything is written. */
  get level(): number {
    return this.#level;
  }

  /** Until the time is over, or somebody sets another. */
  setLevel(level: number, durationMs: number): void {
    this.#cancelRevert();
    this.#apply(level);
    this.#cancelRevert = this.#clock.after(durationMs, () => this.#apply(0));
  }

  #apply(level: number): void {
    this.#level = level;
    this.#control.setVerbose(level > 0);
  }

  get size(): number {
    return this.#control.size;
  }

  get keptFrom(): number {
    return this.#control.keptFrom;
  }

  /** At most 64 KiB. */
  read(offset: number, length = READ_BYTES_MAX): Uint8Array {
    return this.#control.read(offset, Math.min(length, READ_BYTES_MAX));
  }
}
