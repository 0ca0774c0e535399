import { encodeBase64 } from "./base64.ts";
import type { Decoded } from "./json-decode.ts";
import {
  fieldType,
  type FieldType,
  type MessageType,
  type NamedField,
  type ScalarKind,
} from "./schema.ts";
import { decodeUtf8 } from "./utf8.ts";

const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;
const NESTING_MAX = 64;

class WireFault extends Error {}

/**
 * The message that proto2 bytes stand for. Unknown fields and enum numbers are skipped; a missing required field, a
 * truncated field or a wrong wire type is an error.
 */
export function decodeProtobuf<T>(type: MessageType<T>, data: Uint8Array): Decoded<T> {
  try {
    return { ok: true, value: readMessage(type, new ByteSource(data), 0) as T };
  } catch (error) {
    if (error instanceof WireFault) return { ok: false, error: error.message };
    throw error;
  }
}

function readMessage(type: MessageType<unknown>, source: ByteSource, depth: number): unknown {
  if (depth > NESTING_MAX) throw new WireFault("nested too deep");
  const out: Record<string, unknown> = {};
  while (!source.atEnd()) {
    const tag = source.varint();
    const field = type.byNumber.get(Math.floor(tag / 8));
    const wireType = tag % 8;
    if (field === undefined) source.skip(wireType);
    else readField(out, field, source, wireType, depth);
  }
  for (const field of type.fields) {
    if (field.cardinality !== "required" || out[field.name] !== undefined) continue;
    if (field.defaultValue === undefined) {
      throw new WireFault(`Missing required fields: ${field.name}`);
    }
    out[field.name] = field.defaultValue;
  }
  return out;
}

function readField(
  out: Record<string, unknown>,
  field: NamedField,
  source: ByteSource,
  wireType: number,
  depth: number,
): void {
  const type = fieldType(field);
  switch (field.cardinality) {
    case "repeated": {
      const list = (out[field.name] ??= []) as unknown[];
      if (wireType === DELIMITED && isPackable(type)) {
        const packed = source.delimited();
        while (!packed.atEnd()) pushDefined(list, readValue(type, packed, undefined, depth));
      } else {
        pushDefined(list, readValue(type, source, wireType, depth));
      }
      return;
    }
    case "map": {
      const map = (out[field.name] ??= {}) as Record<string, unknown>;
      const [key, value] = readEntry(type, source.expect(wireType, DELIMITED).delimited(), depth);
      if (value !== undefined) {
        Object.defineProperty(map, key, {
          value,
          enumerable: true,
          configurable: true,
          writable: true,
        });
      }
      return;
    }
    default: {
      const value = readValue(type, source, wireType, depth);
      if (value !== undefined) out[field.name] = value;
    }
  }
}

function pushDefined(list: unknown[], value: unknown): void {
  if (value !== undefined) list.push(value);
}

function isPackable(type: FieldType): boolean {
  return (
    type.kind === "enum" ||
    (type.kind === "scalar" && type.scalar !== "string" && type.scalar !== "bytes")
  );
}

function readEntry(type: FieldType, entry: ByteSource, depth: number): [string, unknown] {
  let key = "";
  let value: unknown;
  while (!entry.atEnd()) {
    const tag = entry.varint();
    const wireType = tag % 8;
    if (Math.floor(tag / 8) === 1)
      key = decodeUtf8(entry.expect(wireType, DELIMITED).delimitedBytes());
    else if (Math.floor(tag / 8) === 2) value = readValue(type, entry, wireType, depth);
    else entry.skip(wireType);
  }
  return [key, value];
}

/** `wireType` undefined: inside a packed list. */
function readValue(
  type: FieldType,
  source: ByteSource,
  wireType: number | undefined,
  depth: number,
): unknown {
  switch (type.kind) {
    case "message":
      return readMessage(type, source.expect(wireType, DELIMITED).delimited(), depth + 1);
    case "enum":
      return type.nameOf.get(source.expect(wireType, VARINT).varint());
    case "scalar":
      return readScalar(type.scalar, source, wireType);
  }
}

function readScalar(kind: ScalarKind, source: ByteSource, wireType: number | undefined): unknown {
  switch (kind) {
    case "string":
      return decodeUtf8(source.expect(wireType, DELIMITED).delimitedBytes());
    case "bytes":
      return encodeBase64(source.expect(wireType, DELIMITED).delimitedBytes());
    case "double":
      return source.expect(wireType, FIXED64).double();
    case "bool":
      return source.expect(wireType, VARINT).varint() !== 0;
    case "int32":
      return Number(BigInt.asIntN(32, source.expect(wireType, VARINT).bigVarint()));
    case "uint32":
      return Number(BigInt.asUintN(32, source.expect(wireType, VARINT).bigVarint()));
    case "int64":
      return Number(BigInt.asIntN(64, source.expect(wireType, VARINT).bigVarint()));
    case "uint64":
      return Number(source.expect(wireType, VARINT).bigVarint());
  }
}

class ByteSource {
  readonly #data: Uint8Array;
  #at = 0;

  constructor(data: Uint8Array) {
    this.#data = data;
  }

  atEnd(): boolean {
    return this.#at >= this.#data.length;
  }

  expect(wireType: number | undefined, wanted: number): this {
    if (wireType !== undefined && wireType !== wanted) throw new WireFault("wrong wire type");
    return this;
  }

  /** As a number; what passes 2^53 loses its lowest bits. */
  varint(): number {
    return Number(this.bigVarint());
  }

  bigVarint(): bigint {
    let low = 0;
    let scale = 1;
    for (let i = 0; i < 4; i += 1) {
      const byte = this.#byte();
      low += (byte & 0x7f) * scale;
      if (byte < 0x80) return BigInt(low);
      scale *= 0x80;
    }
    let value = BigInt(low);
    for (let shift = 28n; shift < 70n; shift += 7n) {
      const byte = this.#byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw new WireFault("malformed varint");
  }

  double(): number {
    const eight = this.#take(8);
    return new DataView(eight.buffer, eight.byteOffset, 8).getFloat64(0, true);
  }

  delimited(): ByteSource {
    return new ByteSource(this.delimitedBytes());
  }

  delimitedBytes(): Uint8Array {
    return this.#take(this.varint());
  }

  skip(wireType: number): void {
    switch (wireType) {
      case VARINT:
        this.bigVarint();
        return;
      case FIXED64:
        this.#take(8);
        return;
      case DELIMITED:
        this.#take(this.varint());
        return;
      case FIXED32:
        this.#take(4);
        return;
      default:
        throw new WireFault("unsupported wire type");
    }
  }

  #byte(): number {
    const byte = this.#data[this.#at];
    if (byte === undefined) throw new WireFault("truncated");
    this.#at += 1;
    return byte;
  }

  #take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#data.length) throw new WireFault("truncated");
    const part = this.#data.subarray(this.#at, end);
    this.#at = end;
    return part;
  }
}
