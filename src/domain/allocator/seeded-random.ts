/** Chance of a run: same seed, same numbers. Not for secrets. @see sfc32 of PractRand */
export class SeededRandom {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(seed: number) {
    this.#a = 0;
    this.#b = Math.trunc(seed / 0x1_0000_0000) | 0;
    this.#c = seed | 0;
    for (let i = 0; i < 12; i += 1) this.uint32();
  }

  /** An integer in [0, 2^32). */
  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    return sum >>> 0;
  }

  /** A double in (0, 1]. */
  fraction(): number {
    return (this.uint32() + 1) / 0x1_0000_0000;
  }

  /** An integer in [0, n), n ≤ 2^21; the bias is below 2^-11. */
  below(n: number): number {
    return Math.floor((this.uint32() / 0x1_0000_0000) * n);
  }

  /** Draws as `shuffle` does, and moves nothing. */
  skipShuffle(): void {
    this.uint32();
  }

  /**
   * Puts the first `length` numbers of the list in random order (Fisher–Yates from the end). One number is drawn, whatever the
   * length: it is the seed of a run of its own, so that an order nobody needs costs nothing.
   *
   * @see mulberry32
   */
  shuffle(list: Int32Array | number[], length: number): void {
    let state = this.uint32();
    for (let i = length - 1; i > 0; i -= 1) {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      const j = Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000) * (i + 1));
      const held = list[i] as number;
      list[i] = list[j] as number;
      list[j] = held;
    }
  }
}
