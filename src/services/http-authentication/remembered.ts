import type { Clock } from "../../runtime/ports/clock.ts";

/** Answers that hold for a while, by key; bounded, the oldest go first. */
export class Remembered<T> {
  readonly #clock: Clock;
  readonly #entriesMax: number;
  readonly #entries = new Map<string, { readonly value: T; readonly untilMs: number }>();

  constructor(clock: Clock, entriesMax: number) {
    this.#clock = clock;
    this.#entriesMax = entriesMax;
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.untilMs > this.#clock.monotonicMs()) return entry?.value;
    this.#entries.delete(key);
    return undefined;
  }

  set(key: string, value: T, holdsMs: number): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, untilMs: this.#clock.monotonicMs() + holdsMs });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#entriesMax) return;
      this.#entries.delete(oldest);
    }
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }
}
