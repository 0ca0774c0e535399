import {
  type EnumType,
  fieldType,
  type FieldType,
  type MessageType,
  type NamedField,
  type ScalarKind,
} from "./schema.ts";
import { isBase64 } from "./base64.ts";

export type Decoded<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

export interface DecodeOptions {
  /** Rewrites the raw JSON of a message before it is read (lenient input); returns it unchanged otherwise. */
  readonly normalize?: (type: MessageType<unknown>, raw: unknown) => unknown;
}

type RawObject = Readonly<Record<string, unknown>>;

/** A fault in one field: ends the decoding. */
class FieldFault extends Error {}

/**
 * The message that parsed JSON stands for: unknown fields ignored, `null` is unset, numbers and booleans also as
 * strings, a lone object for a list of one, unknown enum names unset.
 * Errors read as those of Mesos, e.g. `Missing required fields: subscribe.framework_info.name`.
 * @see mesos@1.11 3rdparty/stout/include/stout/protobuf.hpp
 */
export function decodeJson<T>(
  type: MessageType<T>,
  raw: unknown,
  options: DecodeOptions = {},
): Decoded<T> {
  const missing: string[] = [];
  try {
    const value = readMessage(type, raw, "", missing, options);
    if (missing.length > 0) {
      return { ok: false, error: `Missing required fields: ${missing.join(", ")}` };
    }
    return { ok: true, value: value as T };
  } catch (error) {
    if (error instanceof FieldFault) return { ok: false, error: error.message };
    throw error;
  }
}

function readMessage(
  type: MessageType<unknown>,
  given: unknown,
  path: string,
  missing: string[],
  options: DecodeOptions,
): unknown {
  const raw = options.normalize ? options.normalize(type, given) : given;
  if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
    if (path === "") throw new FieldFault("Expecting a JSON object");
    throw new FieldFault(`Not expecting a JSON ${jsonKind(raw)} for field '${lastOf(path)}'`);
  }
  const out: Record<string, unknown> = {};
  for (const field of type.fields) {
    const item = (raw as RawObject)[field.name];
    const fieldPath = path === "" ? field.name : `${path}.${field.name}`;
    const value =
      item === undefined || item === null
        ? undefined
        : readField(field, item, fieldPath, missing, options);
    if (value !== undefined) out[field.name] = value;
    else if (field.cardinality === "required") {
      if (field.defaultValue === undefined) missing.push(fieldPath);
      else out[field.name] = field.defaultValue;
    }
  }
  return out;
}

function readField(
  field: NamedField,
  raw: unknown,
  path: string,
  missing: string[],
  options: DecodeOptions,
): unknown {
  const type = fieldType(field);
  switch (field.cardinality) {
    case "repeated": {
      const items: unknown[] = Array.isArray(raw) ? raw : [raw];
      const values: unknown[] = [];
      items.forEach((item, index) => {
        if (item === null) return;
        const value = readValue(type, field, item, `${path}[${index}]`, missing, options);
        if (value !== undefined) values.push(value);
      });
      return values;
    }
    case "map": {
      if (typeof raw !== "object" || raw === null || Array.isArray(raw)) {
        throw new FieldFault(`Not expecting a JSON ${jsonKind(raw)} for field '${field.name}'`);
      }
      const entries = Object.entries(raw).flatMap(([key, item]): [string, unknown][] => {
        const value = readValue(type, field, item, `${path}[${key}]`, missing, options);
        return value === undefined ? [] : [[key, value]];
      });
      return Object.fromEntries(entries);
    }
    default:
      if (Array.isArray(raw)) {
        throw new FieldFault(`Not expecting a JSON array for field '${field.name}'`);
      }
      return readValue(type, field, raw, path, missing, options);
  }
}

function readValue(
  type: FieldType,
  field: NamedField,
  raw: unknown,
  path: string,
  missing: string[],
  options: DecodeOptions,
): unknown {
  switch (type.kind) {
    case "message":
      return readMessage(type, raw, path, missing, options);
    case "enum":
      return readEnum(type, field, raw);
    case "scalar":
      return readScalar(type.scalar, field.name, raw);
  }
}

function readEnum(type: EnumType<string>, field: NamedField, raw: unknown): string | undefined {
  if (typeof raw !== "string") {
    throw new FieldFault(`Not expecting a JSON ${jsonKind(raw)} for field '${field.name}'`);
  }
  return Object.hasOwn(type.numberOf, raw) ? raw : undefined;
}

const INTEGER_BOUNDS: Partial<Record<ScalarKind, readonly [number, number]>> = {
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint32: [0, 2 ** 32 - 1],
  int64: [-(2 ** 63), 2 ** 63],
  uint64: [0, 2 ** 64],
};

function readScalar(kind: ScalarKind, name: string, raw: unknown): unknown {
  const unexpected = (): FieldFault =>
    new FieldFault(`Not expecting a JSON ${jsonKind(raw)} for field '${name}'`);
  switch (kind) {
    case "string":
      if (typeof raw !== "string") throw unexpected();
      return raw;
    case "bytes":
      if (typeof raw !== "string") throw unexpected();
      if (!isBase64(raw)) {
        throw new FieldFault(`Failed to base64 decode bytes field '${name}': Invalid input`);
      }
      return raw;
    case "bool":
      if (typeof raw === "boolean") return raw;
      if (raw === "true" || raw === "false") return raw === "true";
      if (typeof raw === "string") {
        throw new FieldFault(`Failed to parse '${raw}' as a JSON boolean for field '${name}'`);
      }
      throw unexpected();
    default:
      return readNumber(kind, name, raw, unexpected);
  }
}

function readNumber(
  kind: ScalarKind,
  name: string,
  raw: unknown,
  unexpected: () => FieldFault,
): number {
  if (typeof raw !== "number" && typeof raw !== "string") throw unexpected();
  const value = typeof raw === "number" ? raw : numberOfText(raw, name);
  const bounds = INTEGER_BOUNDS[kind];
  if (bounds === undefined) return value;
  // Mesos casts a fractional number; what cannot be held at all is refused instead of wrapped.
  const whole = Math.trunc(value);
  if (!(whole >= bounds[0] && whole <= bounds[1])) {
    throw new FieldFault(`Failed to parse '${raw}' as a JSON number for field '${name}'`);
  }
  return whole;
}

function numberOfText(text: string, name: string): number {
  const infinite = { Infinity, "-Infinity": -Infinity, NaN }[text];
  if (infinite !== undefined) return infinite;
  if (!/^-?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(text)) {
    throw new FieldFault(`Failed to parse '${text}' as a JSON number for field '${name}'`);
  }
  return Number(text);
}

function jsonKind(raw: unknown): string {
  if (raw === null) return "null";
  if (Array.isArray(raw)) return "array";
  return typeof raw;
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1).replace(/\[.*$/, "");
}
