import fc from "fast-check";
import type { StructuralSchema } from "../../generate/structural-schema.ts";
import type { SeededRandom } from "../seeded-random.ts";

/** Values for places where the schema takes anything but zod looks closer. */
const OPEN_VALUES: readonly (readonly [RegExp, unknown])[] = [
  [/\.env\.\*$/, "value"],
  [/\.resourceLimits\.(cpus|mem)$/, 64],
  [/\.unreachableStrategy$/, "disabled"],
];
/** Chance that an optional field is there; specs have hundreds. */
const OPTIONAL = 0.12;
/** Chance that one value is wrong on purpose. */
const WRONG = 0.006;

const patterns = new Map<string, readonly string[]>();

function matching(pattern: string, maxLength: number): readonly string[] {
  const known = patterns.get(pattern);
  if (known !== undefined) return known;
  const drawn = fc.sample(fc.stringMatching(new RegExp(pattern)), { numRuns: 200, seed: 7 });
  // JavaScript counts UTF-16 units, the API server characters: told apart only by characters that no pattern of ours asks for.
  const fitting = drawn.filter((text) => text.length <= maxLength && !/[\ud800-\udfff]/.test(text));
  patterns.set(pattern, fitting);
  return fitting;
}

/** Specs drawn from a structural schema: mostly right, now and then wrong in one place. Same seed, same specs. */
export class SpecCorpus {
  readonly #random: SeededRandom;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  draw(schema: StructuralSchema, path = ""): unknown {
    const wrong = this.#random.next() < WRONG;
    if (schema["x-kubernetes-int-or-string"] === true) return this.#intOrString(schema, wrong);
    if (schema["x-kubernetes-preserve-unknown-fields"] === true) return this.#open(schema, path);
    if (schema.enum !== undefined) return wrong ? "Nonsense" : this.#random.pick(schema.enum);
    switch (schema.type) {
      case "boolean":
        return wrong ? "yes" : this.#random.next() < 0.5;
      case "integer":
      case "number":
        return this.#number(schema, wrong);
      case "array":
        return this.#list(schema, path, wrong);
      case "object":
        return schema.additionalProperties === undefined
          ? this.#object(schema, path, wrong)
          : this.#map(schema.additionalProperties, path);
      default:
        return this.#text(schema, wrong);
    }
  }

  #open(schema: StructuralSchema, path: string): unknown {
    if (schema.type === "object") return { any: { thing: 1 } };
    return OPEN_VALUES.find(([at]) => at.test(path))?.[1] ?? "anything";
  }

  #intOrString(schema: StructuralSchema, wrong: boolean): unknown {
    if (wrong) return schema.pattern === undefined ? true : "not it!";
    return this.#random.pick([1, 5, "10", "25"]);
  }

  #number({ minimum = 0, maximum = 1_000, type }: StructuralSchema, wrong: boolean): unknown {
    if (wrong) return this.#random.pick([minimum - 1, "1", ...(type === "integer" ? [0.5] : [])]);
    const top = Math.min(maximum, minimum + 1_000);
    const drawn = minimum + this.#random.next() * (top - minimum);
    return this.#random.pick([minimum, top, type === "integer" ? Math.floor(drawn) : drawn]);
  }

  #text({ pattern, maxLength = 64, minLength = 0 }: StructuralSchema, wrong: boolean): unknown {
    if (wrong) return this.#random.pick(["", "x".repeat(maxLength + 1), "Ä é\n", 7]);
    if (pattern !== undefined) return this.#random.pick(matching(pattern, maxLength));
    return this.#random
      .pick(["a", "name-1", "x".repeat(Math.max(1, minLength))])
      .slice(0, maxLength);
  }

  #list(schema: StructuralSchema, path: string, wrong: boolean): unknown {
    if (wrong || schema.items === undefined) return "no list";
    const count = (schema.minItems ?? 0) + Math.floor(this.#random.next() * 3);
    const { items } = schema;
    return Array.from({ length: count }, () => this.draw(items, `${path}[]`));
  }

  #map(value: StructuralSchema, path: string): unknown {
    const keys = ["cpus", "mem", "a/b", ""].filter(() => this.#random.next() < 0.4);
    return Object.fromEntries(keys.map((key) => [key, this.draw(value, `${path}.*`)]));
  }

  #object(schema: StructuralSchema, path: string, wrong: boolean): unknown {
    if (wrong) return [];
    const required = new Set(schema.required ?? []);
    const entries = Object.entries(schema.properties ?? {})
      .filter(([name]) => this.#random.next() < (required.has(name) ? 1 - WRONG : OPTIONAL))
      .map(([name, child]) => [name, this.draw(child, `${path}.${name}`)] as const);
    return Object.fromEntries(entries);
  }
}
