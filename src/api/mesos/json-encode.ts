import { fieldType, type FieldType, type MessageType, type NamedField } from "./schema.ts";

const NOT_ASCII = /[\u007f-\uffff]/g;

/** JSON text of a string in pure ASCII: what is beyond is escaped `\uXXXX`. */
export function asciiJsonString(text: string): string {
  return asciiJson(text);
}

/** JSON text of any plain value in pure ASCII, without line breaks. */
export function asciiJson(value: unknown): string {
  return JSON.stringify(value).replace(
    NOT_ASCII,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/**
 * JSON of a message as Mesos writes it: fields in the order of their numbers, defaults written when unset, empty
 * repeated fields and unknown properties left out, pure ASCII, no line breaks.
 */
export function encodeJson<T>(type: MessageType<T>, value: T): string {
  return writeMessage(type, value as Readonly<Record<string, unknown>>);
}

function writeMessage(
  type: MessageType<unknown>,
  value: Readonly<Record<string, unknown>>,
): string {
  let text = "";
  for (const field of type.fields) {
    const item = value[field.name] ?? field.defaultValue;
    if (item === undefined) continue;
    const written = writeField(field, item);
    if (written === undefined) continue;
    text += `${text === "" ? "" : ","}"${field.name}":${written}`;
  }
  return `{${text}}`;
}

function writeField(field: NamedField, value: unknown): string | undefined {
  const type = fieldType(field);
  switch (field.cardinality) {
    case "repeated": {
      const items = value as readonly unknown[];
      if (items.length === 0) return undefined;
      return `[${items.map((item) => writeValue(type, item)).join(",")}]`;
    }
    case "map": {
      const entries = Object.entries(value as Readonly<Record<string, unknown>>);
      if (entries.length === 0) return undefined;
      return `{${entries.map(([key, item]) => `${asciiJsonString(key)}:${writeValue(type, item)}`).join(",")}}`;
    }
    default:
      return writeValue(type, value);
  }
}

function writeValue(type: FieldType, value: unknown): string {
  switch (type.kind) {
    case "message":
      return writeMessage(type, value as Readonly<Record<string, unknown>>);
    case "enum":
      return `"${value as string}"`;
    case "scalar":
      switch (type.scalar) {
        case "string":
        case "bytes":
          return asciiJsonString(value as string);
        case "bool":
          return value === true ? "true" : "false";
        default:
          return writeNumber(value as number);
      }
  }
}

function writeNumber(value: number): string {
  if (!Number.isFinite(value)) return `"${value}"`;
  return Object.is(value, -0) ? "-0" : String(value);
}
