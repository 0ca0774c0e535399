import { readFileSync } from "node:fs";
import { z } from "zod";

const Case = z.looseObject({ name: z.string().optional() });
const Vectors = z.object({
  format: z.literal("marathon-vectors/1"),
  sets: z.record(z.string(), z.array(Case)),
});

export type VectorCase = z.output<typeof Case>;

/** All sets of marathon.json (spec/marathon.md section 14). */
export function readMarathonVectors(): Readonly<Record<string, readonly VectorCase[]>> {
  const path = new URL("../../vectors/marathon.json", import.meta.url);
  return Vectors.parse(JSON.parse(readFileSync(path, "utf8"))).sets;
}

/** A case's name, or its whole text where it speaks for itself. */
export function titleOf(vector: VectorCase): string {
  return vector.name ?? JSON.stringify(vector).slice(0, 120);
}

/** `expected` is contained: objects by their given keys, arrays element by element and of the same length. */
export function isContained(expected: unknown, actual: unknown): boolean {
  if (Array.isArray(expected)) {
    return (
      Array.isArray(actual) &&
      actual.length === expected.length &&
      expected.every((item, i) => isContained(item, actual[i]))
    );
  }
  if (typeof expected === "object" && expected !== null) {
    if (typeof actual !== "object" || actual === null) return false;
    const members = actual as Record<string, unknown>;
    return Object.entries(expected).every(([key, item]) => isContained(item, members[key]));
  }
  return expected === actual;
}

/** The value at a JSON pointer, `undefined` when nothing is there. */
export function atPointer(document: unknown, pointer: string): unknown {
  let value = document;
  for (const token of pointer.split("/").slice(1)) {
    if (typeof value !== "object" || value === null) return undefined;
    const key = token.replaceAll("~1", "/").replaceAll("~0", "~");
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
