import { decodeBase64 } from "./base64.ts";
import {
  fieldType,
  type FieldType,
  type MessageType,
  type NamedField,
  type ScalarKind,
} from "./schema.ts";
import { writeUtf8 } from "./utf8.ts";

const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;

/** The proto2 wire form: set fields in the order of their numbers; unset fields and defaults are not written. */
export function encodeProtobuf<T>(type: MessageType<T>, value: T): Uint8Array {
  const out = new ByteSink();
  writeMessage(out, type, value as Readonly<Record<string, unknown>>);
  return out.bytes();
}

function writeMessage(
  out: ByteSink,
  type: MessageType<unknown>,
  value: Readonly<Record<string, unknown>>,
): void {
  for (const field of type.fields) {
    const item = value[field.name];
    if (item !== undefined) writeField(out, field, item);
  }
}

function writeField(out: ByteSink, field: NamedField, value: unknown): void {
  const type = fieldType(field);
  switch (field.cardinality) {
    case "repeated":
      for (const item of value as readonly unknown[]) writeValue(out, field.number, type, item);
      return;
    case "map":
      for (const [key, item] of Object.entries(value as Readonly<Record<string, unknown>>)) {
        const entry = out.open(field.number);
        writeValue(out, 1, STRING, key);
        writeValue(out, 2, type, item);
        out.close(entry);
      }
      return;
    default:
      writeValue(out, field.number, type, value);
  }
}

const STRING: FieldType = { kind: "scalar", scalar: "string" };

function writeValue(out: ByteSink, number: number, type: FieldType, value: unknown): void {
  switch (type.kind) {
    case "message": {
      const inner = out.open(number);
      writeMessage(out, type, value as Readonly<Record<string, unknown>>);
      out.close(inner);
      return;
    }
    case "enum":
      out.tag(number, VARINT);
      out.varint(type.numberOf[value as string] ?? 0);
      return;
    case "scalar":
      writeScalar(out, number, type.scalar, value);
  }
}

function writeScalar(out: ByteSink, number: number, kind: ScalarKind, value: unknown): void {
  switch (kind) {
    case "string":
      out.text(number, value as string);
      return;
    case "bytes":
      out.blob(number, decodeBase64(value as string));
      return;
    case "double":
      out.tag(number, FIXED64);
      out.double(value as number);
      return;
    case "bool":
      out.tag(number, VARINT);
      out.varint(value === true ? 1 : 0);
      return;
    default:
      out.tag(number, VARINT);
      out.varint(value as number);
  }
}

/** Eight bytes to turn a number into. */
const EIGHT = new Uint8Array(8);
const AS_DOUBLE = new DataView(EIGHT.buffer);
/** UTF-8 bytes of one UTF-16 unit at most. */
const UNIT_BYTES_MAX = 3;

/** One buffer for a message and all that is in it: what has a length is written first, and its length put before it. */
class ByteSink {
  #data = new Uint8Array(256);
  #length = 0;

  bytes(): Uint8Array {
    return this.#data.subarray(0, this.#length);
  }

  tag(number: number, wireType: number): void {
    this.varint(number * 8 + wireType);
  }

  /** Negative integers take ten bytes, as two's complement of 64 bits. */
  varint(value: number): void {
    if (value < 0 || value > Number.MAX_SAFE_INTEGER) {
      this.#bigVarint(BigInt.asUintN(64, BigInt(value)));
      return;
    }
    let rest = value;
    while (rest >= 0x80) {
      this.#push((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.#push(rest);
  }

  #bigVarint(value: bigint): void {
    let rest = value;
    while (rest >= 0x80n) {
      this.#push(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.#push(Number(rest));
  }

  double(value: number): void {
    AS_DOUBLE.setFloat64(0, value, true);
    this.#raw(EIGHT);
  }

  /** Begins a delimited field; {@link close} ends it, with what this gives. */
  open(number: number): number {
    this.tag(number, DELIMITED);
    this.#push(0);
    return this.#length;
  }

  close(begin: number): void {
    const size = this.#length - begin;
    if (size < 0x80) {
      this.#data[begin - 1] = size;
      return;
    }
    const more = varintBytes(size) - 1;
    this.#reserve(more);
    this.#data.copyWithin(begin + more, begin, this.#length);
    this.#length = begin - 1;
    this.varint(size);
    this.#length += size;
  }

  text(number: number, value: string): void {
    const begin = this.open(number);
    this.#reserve(value.length * UNIT_BYTES_MAX);
    this.#length = writeUtf8(value, this.#data, this.#length);
    this.close(begin);
  }

  blob(number: number, data: Uint8Array): void {
    this.tag(number, DELIMITED);
    this.varint(data.length);
    this.#raw(data);
  }

  #raw(data: Uint8Array): void {
    this.#reserve(data.length);
    this.#data.set(data, this.#length);
    this.#length += data.length;
  }

  #push(byte: number): void {
    this.#reserve(1);
    this.#data[this.#length++] = byte;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#data.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#data.length * 2));
    grown.set(this.#data.subarray(0, this.#length));
    this.#data = grown;
  }
}

/** Of a number from 0 to 2^32. */
function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes += 1;
  return bytes;
}
