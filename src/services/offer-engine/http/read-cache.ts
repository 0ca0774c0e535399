import type { Clock } from "../../../runtime/ports/clock.ts";

/** Longest age of an answer to a read. */
const FRESH_MS = 100;
const ENTRIES_MAX = 64;

/** Encodes a read once for everybody who asks the same within 100 ms, so that polling does not stall the engine. */
export class ReadCache {
  readonly #clock: Clock;
  readonly #entries = new Map<string, { readonly madeMs: number; readonly text: string }>();
  #hits = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get hits(): number {
    return this.#hits;
  }

  /** Who changed something reads it right after. */
  clear(): void {
    this.#entries.clear();
  }

  get(key: string, encode: () => string): string {
    const nowMs = this.#clock.monotonicMs();
    const known = this.#entries.get(key);
    if (known !== undefined && nowMs - known.madeMs < FRESH_MS) {
      this.#hits += 1;
      return known.text;
    }
    const text = encode();
    this.#entries.delete(key);
    this.#entries.set(key, { madeMs: nowMs, text });
    if (this.#entries.size > ENTRIES_MAX) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        break;
      }
    }
    return text;
  }
}
