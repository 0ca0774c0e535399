/** How much of the log is kept, 1 MiB. */
const KEPT_BYTES = 1024 * 1024;

/** The last part of a log in memory. Offsets count from the beginning of the process, whatever is still kept. */
export class LogTail {
  readonly #ring = Buffer.alloc(KEPT_BYTES);
  #size = 0;

  /** Bytes that were ever appended. */
  get size(): number {
    return this.#size;
  }

  /** Offset of the first byte that is still kept. */
  get keptFrom(): number {
    return Math.max(0, this.#size - KEPT_BYTES);
  }

  append(text: string): void {
    const bytes = Buffer.from(text);
    const kept = bytes.subarray(Math.max(0, bytes.length - KEPT_BYTES));
    const from = (this.#size + bytes.length - kept.length) % KEPT_BYTES;
    const first = kept.copy(this.#ring, from);
    kept.copy(this.#ring, 0, first);
    this.#size += bytes.length;
  }

  /** What is kept of `length` bytes from `offset` on; shorter at the end of the log. */
  read(offset: number, length: number): Uint8Array {
    const begin = Math.max(offset, this.keptFrom);
    const end = Math.min(offset + length, this.#size);
    if (end <= begin) return new Uint8Array();
    const at = begin % KEPT_BYTES;
    const rest = this.#ring.subarray(0, Math.max(0, at + end - begin - KEPT_BYTES));
    return Buffer.concat([this.#ring.subarray(at, at + end - begin), rest]);
  }
}
