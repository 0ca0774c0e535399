import { z } from "zod";

/** List replaced as a whole by whoever applies it. */
export function listOf<S extends z.ZodType>(item: S, max: number): z.ZodArray<S> {
  return z.array(item).max(max).meta({ "x-kubernetes-list-type": "atomic" });
}

function isDistinct(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}

/** List of distinct scalars that several managers may add to. */
export function setOf<S extends z.ZodType<string>>(item: S, max: number): z.ZodArray<S> {
  return z
    .array(item)
    .max(max)
    .refine((items) => isDistinct(items), { message: "holds a value twice" })
    .meta({ "x-kubernetes-list-type": "set" });
}

/** List keyed by one or more required fields: several managers may own different entries. */
export function mapListOf<S extends z.ZodType<Record<string, unknown>>>(
  item: S,
  keys: readonly (keyof z.output<S> & string)[],
  max: number,
): z.ZodArray<S> {
  const keyOf = (entry: z.output<S>): string => JSON.stringify(keys.map((key) => entry[key]));
  return z
    .array(item)
    .max(max)
    .refine((items) => isDistinct(items.map(keyOf)), { message: `${keys.join(", ")} held twice` })
    .meta({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": keys });
}

/** Map from text to `value`. */
export function mapOf<V extends z.ZodType>(value: V, max: number): z.ZodRecord<z.ZodString, V> {
  return z
    .record(z.string(), value)
    .refine((map) => Object.keys(map).length <= max, { message: `holds more than ${max} entries` })
    .meta({ maxProperties: max });
}

/** Object of a foreign API, kept as it is: the API server neither prunes nor checks its fields. */
export function openObject(): z.ZodRecord<z.ZodString, z.ZodUnknown> {
  return z.record(z.string(), z.unknown()).meta({ "x-kubernetes-preserve-unknown-fields": true });
}

/** A value whose shape no structural schema can say (a union); the API server takes anything, zod looks closer. */
export function openValue<S extends z.ZodType>(schema: S): S {
  return schema.meta({ "x-kubernetes-preserve-unknown-fields": true, "x-open-value": true });
}
