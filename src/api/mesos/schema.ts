import { InvariantError } from "../invariant.ts";

/** How often a field may stand in a message (proto2). */
export type Cardinality = "required" | "optional" | "repeated" | "map";

export type ScalarKind =
  "string" | "bytes" | "double" | "int32" | "uint32" | "int64" | "uint64" | "bool";

/** A scalar of proto2. In memory: `bytes` is base64 text, every number a JS number. */
export interface ScalarType<T> {
  readonly kind: "scalar";
  readonly scalar: ScalarKind;
  readonly type?: T;
}

/** An enum: names to numbers. In memory and in JSON the name. */
export interface EnumType<T extends string> {
  readonly kind: "enum";
  readonly name: string;
  readonly numberOf: Readonly<Record<string, number>>;
  readonly nameOf: ReadonlyMap<number, T>;
}

/** A message: one table that drives JSON, protobuf and the TypeScript type. */
export interface MessageType<T> {
  readonly kind: "message";
  readonly name: string;
  /** In order of their numbers. */
  readonly fields: readonly NamedField[];
  readonly byName: ReadonlyMap<string, NamedField>;
  readonly byNumber: ReadonlyMap<number, NamedField>;
  readonly type?: T;
}

export type FieldType = ScalarType<unknown> | EnumType<string> | MessageType<unknown>;

export interface Field<T, C extends Cardinality> {
  readonly number: number;
  readonly cardinality: C;
  /** A function where a message contains itself. */
  readonly of: FieldType | (() => FieldType);
  /** Written to JSON even when unset. */
  readonly defaultValue?: string | number | boolean;
  readonly type?: T;
}

export interface NamedField extends Field<unknown, Cardinality> {
  readonly name: string;
}

type TypeOf<F> =
  F extends ScalarType<infer T>
    ? T
    : F extends EnumType<infer T>
      ? T
      : F extends MessageType<infer T>
        ? T
        : never;

type Fields = Readonly<Record<string, Field<unknown, Cardinality>>>;
type RequiredOf<S extends Fields> = {
  readonly [K in keyof S as S[K]["cardinality"] extends "required" ? K : never]: NonNullable<
    S[K]["type"]
  >;
};
type OptionalOf<S extends Fields> = {
  readonly [K in keyof S as S[K]["cardinality"] extends "required" ? never : K]?: NonNullable<
    S[K]["type"]
  >;
};
type Flat<T> = { [K in keyof T]: T[K] };

/** The TypeScript type of a field table: required fields are there, all others may be absent. */
export type Infer<S extends Fields> = Flat<RequiredOf<S> & OptionalOf<S>>;

const scalar = <T>(kind: ScalarKind): ScalarType<T> => ({ kind: "scalar", scalar: kind });
export const string = scalar<string>("string");
/** Base64 text in memory and in JSON. */
export const bytes = scalar<string>("bytes");
export const double = scalar<number>("double");
export const int32 = scalar<number>("int32");
export const uint32 = scalar<number>("uint32");
/** A JS number: exact below 2^53. */
export const int64 = scalar<number>("int64");
export const uint64 = scalar<number>("uint64");
export const bool = scalar<boolean>("bool");

export function enumeration<const N extends Readonly<Record<string, number>>>(
  name: string,
  numberOf: N,
): EnumType<keyof N & string> {
  const nameOf = new Map<number, keyof N & string>();
  for (const [key, value] of Object.entries(numberOf)) nameOf.set(value, key);
  return { kind: "enum", name, numberOf, nameOf };
}

/** A field that must be set; a `defaultValue` is what decoders take when the sender left it out. */
export function required<F extends FieldType>(
  number: number,
  of: F,
  defaultValue?: string | number | boolean,
): Field<TypeOf<F>, "required"> {
  return defaultValue === undefined
    ? { number, cardinality: "required", of }
    : { number, cardinality: "required", of, defaultValue };
}

/** An optional field; with `defaultValue` JSON shows the default when it is unset. */
export function optional<F extends FieldType>(
  number: number,
  of: F,
  defaultValue?: string | number | boolean,
): Field<TypeOf<F>, "optional"> {
  return defaultValue === undefined
    ? { number, cardinality: "optional", of }
    : { number, cardinality: "optional", of, defaultValue };
}

export function repeated<F extends FieldType>(
  number: number,
  of: F,
): Field<readonly TypeOf<F>[], "repeated"> {
  return { number, cardinality: "repeated", of };
}

/** `map<string, F>`: a JSON object. */
export function mapOf<F extends FieldType>(
  number: number,
  of: F,
): Field<Readonly<Record<string, TypeOf<F>>>, "map"> {
  return { number, cardinality: "map", of };
}

/** An optional field of a message type that is still being defined (a message that contains itself). */
export function recursive<T>(number: number, of: () => MessageType<T>): Field<T, "optional"> {
  return { number, cardinality: "optional", of };
}

export function message<S extends Fields>(name: string, spec: S): MessageType<Infer<S>> {
  const fields = Object.entries(spec)
    .map(([fieldName, field]): NamedField => ({ ...field, name: fieldName }))
    .sort((a, b) => a.number - b.number);
  const byNumber = new Map(fields.map((field) => [field.number, field]));
  if (byNumber.size !== fields.length) {
    throw new InvariantError(`invariant broken: field numbers of ${name} are distinct`);
  }
  return {
    kind: "message",
    name,
    fields,
    byName: new Map(fields.map((field) => [field.name, field])),
    byNumber,
  };
}

/** The type a field holds, also where it was given as a function. */
export function fieldType(field: Field<unknown, Cardinality>): FieldType {
  return typeof field.of === "function" ? field.of() : field.of;
}

/** The names of an enum as a union of literals. */
export type EnumOf<E> = E extends EnumType<infer N> ? N : never;
