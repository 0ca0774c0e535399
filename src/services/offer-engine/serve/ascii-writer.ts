/** Puts ASCII text together as bytes, in memory that is used over and over. */
export class AsciiWriter {
  #bytes = Buffer.allocUnsafe(64 * 1024);
  length = 0;

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  appendText(text: string): void {
    this.#reserve(text.length);
    this.length += this.#bytes.write(text, this.length, "latin1");
  }

  /** What was written between two lengths; good until the next call. */
  view(from: number, to: number): Uint8Array {
    return this.#bytes.subarray(from, to);
  }

  /** Forgets everything but what was written from there on, which then comes after the first `keep` bytes. */
  dropBetween(keep: number, from: number): void {
    this.#bytes.copyWithin(keep, from, this.length);
    this.length -= from - keep;
  }

  #reserve(more: number): void {
    if (this.length + more <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.length + more, 2 * this.#bytes.length));
    this.#bytes.copy(grown, 0, 0, this.length);
    this.#bytes = grown;
  }
}

export function asciiBytes(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}
