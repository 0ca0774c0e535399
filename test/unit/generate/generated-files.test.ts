import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { buildCrd } from "../../generate/crd.ts";
import { generateFiles } from "../../generate/generated-files.ts";
import { toStructuralSchema } from "../../generate/structural-schema.ts";
import { CUSTOM_KINDS } from "../../../src/api/crd/v1alpha1/kinds.ts";
import { listOf } from "../../../src/api/crd/v1alpha1/schema/collections.ts";

const root = join(import.meta.dirname, "../../..");

describe("generated files", () => {
  for (const [path, text] of generateFiles()) {
    it(`${path} is what its source says`, () => {
      expect(readFileSync(join(root, path), "utf8")).to.equal(text);
    });
  }

  for (const definition of CUSTOM_KINDS) {
    it(`the CRD of ${definition.kind.kind} is small enough for a client-side apply`, () => {
      expect(JSON.stringify(buildCrd(definition)).length).to.be.below(256 * 1024);
    });
  }
});

describe("toStructuralSchema", () => {
  const refused: Record<string, { readonly schema: z.ZodType; readonly why: RegExp }> = {
    "a union": {
      schema: z.object({ a: z.union([z.string().max(1), z.boolean()]) }),
      why: /spec\.a: anyOf/,
    },
    "text without bound": { schema: z.object({ a: z.string() }), why: /spec\.a: text without/ },
    "a list without bound": {
      schema: z.object({ a: z.array(z.boolean()) }),
      why: /spec\.a: list without maxItems/,
    },
    "a pattern that RE2 refuses": {
      schema: z.object({
        a: z
          .string()
          .max(9)
          .regex(/^(?!x)/),
      }),
      why: /spec\.a: pattern .* RE2/,
    },
    "a value without type": {
      schema: z.object({ a: z.unknown() }),
      why: /spec\.a: a node without type/,
    },
  };
  for (const [name, { schema, why }] of Object.entries(refused)) {
    it(`refuses ${name}, with its path, instead of weakening it`, () => {
      expect(() => toStructuralSchema(schema, "spec")).to.throw(why);
    });
  }

  it("spells out the default of an object with rules, since CEL sees it as it is written", () => {
    const inner = z
      .object({ a: z.boolean().default(true) })
      .meta({ "x-kubernetes-validations": [{ rule: "self.a", message: "a" }] });
    const schema = toStructuralSchema(z.object({ inner: inner.prefault({}) }), "spec");
    expect(schema.properties?.inner?.default).to.deep.equal({ a: true });
  });

  it("gives integers a format, and drops the bounds that only JavaScript has", () => {
    const { a, b } =
      toStructuralSchema(z.object({ a: z.int(), b: listOf(z.int().min(0).max(9), 2) }), "spec")
        .properties ?? {};
    expect(a).to.deep.equal({ type: "integer", format: "int64" });
    expect(b?.items).to.deep.equal({ type: "integer", format: "int32", minimum: 0, maximum: 9 });
  });
});
