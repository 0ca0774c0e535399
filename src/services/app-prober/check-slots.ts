/** Bounds how many checks are in flight; those above wait in the order of their due times. */
export class CheckSlots {
  readonly #max: number;
  readonly #waiting: (() => void)[] = [];
  #inFlight = 0;

  constructor(max: number) {
    this.#max = max;
  }

  /** Checks that are due and have no slot: more than a few means the prober cannot keep up. */
  get waiting(): number {
    return this.#waiting.length;
  }

  async run(check: () => Promise<void>): Promise<void> {
    if (this.#inFlight >= this.#max) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#inFlight += 1;
    try {
      await check();
    } finally {
      this.#inFlight -= 1;
      this.#waiting.shift()?.();
    }
  }
}
