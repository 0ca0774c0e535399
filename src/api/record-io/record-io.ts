import { InvariantError } from "../invariant.ts";

/**
 * Splits a byte stream in RecordIO framing (`<decimal length>\n<record>`…) into its records.
 * Chunks may be cut anywhere. A record longer than `recordBytesMax`, or a length that is no positive
 * decimal number, ends the stream with an error: what follows could not be trusted.
 *
 * @see mesos@1.11 src/common/recordio.hpp
 */
export class RecordDecoder {
  readonly #recordBytesMax: number;
  #length = "";
  #record: Uint8Array | undefined;
  #filled = 0;

  constructor(recordBytesMax: number) {
    this.#recordBytesMax = recordBytesMax;
  }

  /** The records that `chunk` completes, in order. @throws {RecordFramingError} */
  push(chunk: Uint8Array): Uint8Array[] {
    const records: Uint8Array[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.#record === undefined) {
        at = this.#readLength(chunk, at);
        continue;
      }
      const take = Math.min(chunk.length - at, this.#record.length - this.#filled);
      this.#record.set(chunk.subarray(at, at + take), this.#filled);
      this.#filled += take;
      at += take;
      if (this.#filled === this.#record.length) {
        records.push(this.#record);
        this.#record = undefined;
      }
    }
    return records;
  }

  #readLength(chunk: Uint8Array, from: number): number {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte === NEWLINE) {
        this.#begin();
        return at + 1;
      }
      if (byte === undefined || byte < DIGIT_0 || byte > DIGIT_9 || this.#length.length >= 10) {
        throw new RecordFramingError("a record must begin with its length in decimal digits");
      }
      this.#length += String.fromCharCode(byte);
    }
    return chunk.length;
  }

  #begin(): void {
    const bytes = Number(this.#length);
    this.#length = "";
    if (bytes < 1) throw new RecordFramingError("a record is never empty");
    if (bytes > this.#recordBytesMax) {
      throw new RecordFramingError(`a record of ${bytes} bytes passes ${this.#recordBytesMax}`);
    }
    this.#record = new Uint8Array(bytes);
    this.#filled = 0;
  }
}

/** The peer does not speak RecordIO; the connection is of no use any more. */
export class RecordFramingError extends Error {
  override readonly name = "RecordFramingError";
}

/** An ASCII record with its header, to be written in one piece (some clients parse chunk by chunk). */
export function encodeAsciiRecord(record: string): string {
  if (record.length === 0) throw new InvariantError("invariant broken: a record is never empty");
  return `${record.length}\n${record}`;
}

const NEWLINE = 10;
const DIGIT_0 = 48;
const DIGIT_9 = 57;
