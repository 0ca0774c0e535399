import {
  fieldType,
  type FieldType,
  type MessageType,
  type NamedField,
  type ScalarKind,
} from "./schema.ts";

const NOT_ASCII = /[\u007f-\uffff]/g;
/** Stands in JSON as it is. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/** JSON text of a string in pure ASCII: what is beyond is escaped `\uXXXX`. */
export function asciiJsonString(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : asciiJson(text);
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
  return writeMessage(writersOf(type), value as Message);
}

type Message = Readonly<Record<string, unknown>>;
type Write = (value: unknown) => string;

/** One field of a message type, worked out once: answers with whole states hold millions of fields. */
interface FieldWriter {
  readonly name: string;
  /** `"name":` */
  readonly label: string;
  /** Undefined: nothing is to be written. */
  readonly write: (value: unknown) => string | undefined;
  /** What stands there when the field is unset; undefined: nothing. */
  readonly whenUnset: string | undefined;
}

const writers = new WeakMap<MessageType<unknown>, readonly FieldWriter[]>();

function writersOf(type: MessageType<unknown>): readonly FieldWriter[] {
  let known = writers.get(type);
  if (known === undefined) {
    known = type.fields.map(fieldWriter);
    writers.set(type, known);
  }
  return known;
}

function fieldWriter(field: NamedField): FieldWriter {
  const { name, defaultValue } = field;
  const write = cardinalWriter(field);
  const whenUnset = defaultValue === undefined ? undefined : write(defaultValue);
  return { name, label: `"${name}":`, write, whenUnset };
}

function cardinalWriter(field: NamedField): FieldWriter["write"] {
  const write = valueWriter(field);
  switch (field.cardinality) {
    case "repeated":
      return (value) => writeList(write, value as readonly unknown[]);
    case "map":
      return (value) => writeMap(write, value as Message);
    default:
      return write;
  }
}

function valueWriter(field: NamedField): Write {
  // A message that contains itself is not known yet while its fields are worked out.
  if (typeof field.of !== "function") return writerOf(field.of);
  let write: Write | undefined;
  return (value) => (write ??= writerOf(fieldType(field)))(value);
}

function writerOf(type: FieldType): Write {
  switch (type.kind) {
    case "message": {
      let fields: readonly FieldWriter[] | undefined;
      return (value) => writeMessage((fields ??= writersOf(type)), value as Message);
    }
    case "enum":
      return (value) => `"${value as string}"`;
    case "scalar":
      return SCALAR_WRITERS[type.scalar] ?? writeNumber;
  }
}

/** Of those that are no numbers. */
const SCALAR_WRITERS: Readonly<Partial<Record<ScalarKind, Write>>> = {
  string: (value) => asciiJsonString(value as string),
  bytes: (value) => asciiJsonString(value as string),
  bool: (value) => (value === true ? "true" : "false"),
};

function writeMessage(fields: readonly FieldWriter[], value: Message): string {
  let text = "{";
  for (const { name, label, write, whenUnset } of fields) {
    const item = value[name];
    const written = item === undefined || item === null ? whenUnset : write(item);
    if (written === undefined) continue;
    text += text.length === 1 ? label : `,${label}`;
    text += written;
  }
  return `${text}}`;
}

function writeList(write: Write, items: readonly unknown[]): string | undefined {
  if (items.length === 0) return undefined;
  let text = "[";
  for (const item of items) text += text.length === 1 ? write(item) : `,${write(item)}`;
  return `${text}]`;
}

function writeMap(write: Write, map: Message): string | undefined {
  const entries = Object.entries(map);
  if (entries.length === 0) return undefined;
  return `{${entries.map(([key, item]) => `${asciiJsonString(key)}:${write(item)}`).join(",")}}`;
}

function writeNumber(value: unknown): string {
  const number = value as number;
  if (!Number.isFinite(number)) return `"${number}"`;
  return Object.is(number, -0) ? "-0" : String(number);
}
