/** Places given up at the head before the rest moves down. */
const GIVEN_UP_MIN = 1024;

/** First come, first served: adding and taking cost the same however many wait. */
export class Fifo<T> {
  readonly #items: (T | undefined)[] = [];
  /** Where the first that waits stands; what was before it is given up. */
  #head = 0;

  get size(): number {
    return this.#items.length - this.#head;
  }

  add(item: T): void {
    this.#items.push(item);
  }

  /** The one that waits longest, or undefined when none does. */
  take(): T | undefined {
    if (this.size === 0) return undefined;
    const item = this.#items[this.#head];
    this.#items[this.#head] = undefined;
    this.#head += 1;
    this.#shrink();
    return item;
  }

  /** Each move is paid for by as many that were taken, so taking stays cheap. */
  #shrink(): void {
    if (this.size > 0 && (this.#head < GIVEN_UP_MIN || this.#head < this.size)) return;
    this.#items.splice(0, this.#head);
    this.#head = 0;
  }
}
