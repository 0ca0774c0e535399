import type { StructuralSchema } from "../../generate/structural-schema.ts";

/** Every node of a structural schema with its path: `.spec.roles[].weight`, `.spec.env.*`. */
export function* walkSchema(
  schema: StructuralSchema,
  path = "",
): Generator<{ readonly path: string; readonly schema: StructuralSchema }> {
  yield { path, schema };
  for (const [name, child] of Object.entries(schema.properties ?? {})) {
    yield* walkSchema(child, `${path}.${name}`);
  }
  if (schema.items !== undefined) yield* walkSchema(schema.items, `${path}[]`);
  if (schema.additionalProperties !== undefined) {
    yield* walkSchema(schema.additionalProperties, `${path}.*`);
  }
}
