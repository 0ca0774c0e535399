import { z } from "zod";

/** A node of a CRD's schema: what structural schemas allow, nothing else. */
export interface StructuralSchema {
  type?: string;
  description?: string;
  format?: string;
  default?: unknown;
  enum?: readonly unknown[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  maxProperties?: number;
  required?: readonly string[];
  properties?: Record<string, StructuralSchema>;
  items?: StructuralSchema;
  additionalProperties?: StructuralSchema;
  "x-kubernetes-int-or-string"?: true;
  "x-kubernetes-preserve-unknown-fields"?: true;
  "x-kubernetes-list-type"?: "atomic" | "set" | "map";
  "x-kubernetes-list-map-keys"?: readonly string[];
  "x-kubernetes-validations"?: readonly { readonly rule: string; readonly message: string }[];
}

const PRESERVE = "x-kubernetes-preserve-unknown-fields";
const INT_OR_STRING = "x-kubernetes-int-or-string";
/** Keys of zod's output that mean nothing to the API server. */
const DROPPED = ["propertyNames", "examples", "$id", "id", "$schema", "readOnly", "x-open-value"];
const INT32_MAX = 2_147_483_647;

type Node = Record<string, unknown>;

/** Keys in a fixed order, so that the same schema is always the same text. */
const ORDER = [
  "description",
  "type",
  "format",
  "default",
  "enum",
  "pattern",
  "minimum",
  "maximum",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "maxProperties",
  INT_OR_STRING,
  PRESERVE,
  "x-kubernetes-list-type",
  "x-kubernetes-list-map-keys",
  "required",
  "properties",
  "additionalProperties",
  "items",
  "x-kubernetes-validations",
];

function refuse(path: string, why: string): never {
  throw new Error(`${path}: ${why}`);
}

function checkPattern(pattern: string, path: string): void {
  if (/\(\?[=!<]|\\[1-9]/.test(pattern)) {
    refuse(path, `pattern ${pattern} uses look-around or back-references, which RE2 refuses`);
  }
}

function ordered(node: Node, path: string): StructuralSchema {
  const unknown = Object.keys(node).filter((key) => !ORDER.includes(key));
  if (unknown.length > 0) refuse(path, `no structural form for ${unknown.join(", ")}`);
  return Object.fromEntries(
    ORDER.filter((key) => node[key] !== undefined).map((key) => [key, node[key]]),
  );
}

function rewriteInteger(node: Node): void {
  if (node.type !== "integer") return;
  if (Math.abs(Number(node.minimum)) >= Number.MAX_SAFE_INTEGER) delete node.minimum;
  if (Number(node.maximum) >= Number.MAX_SAFE_INTEGER) delete node.maximum;
  node.format = Number(node.maximum ?? Infinity) <= INT32_MAX ? "int32" : "int64";
}

function checkBounds(node: Node, path: string): void {
  if (node.type === "array" && node.maxItems === undefined) refuse(path, "list without maxItems");
  if (node.type === "array" && node["x-kubernetes-list-type"] === undefined) {
    refuse(path, "list without x-kubernetes-list-type");
  }
  if (node.additionalProperties !== undefined && node.maxProperties === undefined) {
    refuse(path, "map without maxProperties");
  }
  const bounded = node.maxLength !== undefined || node.enum !== undefined;
  if (node.type === "string" && !bounded) refuse(path, "text without maxLength");
}

/** The value that the API server arrives at for an empty object of this schema. */
function defaultsOf(schema: StructuralSchema): unknown {
  const given = Object.entries(schema.properties ?? {}).flatMap(([name, child]) =>
    child.default === undefined ? [] : [[name, filledDefault(child)] as const],
  );
  return Object.fromEntries(given);
}

function filledDefault(schema: StructuralSchema): unknown {
  return schema.type === "object" && schema.properties !== undefined
    ? { ...(defaultsOf(schema) as object), ...(schema.default as object) }
    : schema.default;
}

/** The API server checks CEL rules against a default as it is written, before inner defaults are filled in. */
function completeDefault(schema: StructuralSchema): StructuralSchema {
  const ruled = schema["x-kubernetes-validations"] !== undefined;
  return ruled && schema.default !== undefined
    ? { ...schema, default: filledDefault(schema) }
    : schema;
}

/** One node of zod's JSON schema as a node of a structural schema. */
function rewrite(input: Node, path: string): StructuralSchema {
  const node: Node = Object.fromEntries(
    Object.entries(input).filter(([key]) => !DROPPED.includes(key)),
  );
  const openValue = input["x-open-value"] === true;
  if (node[PRESERVE] === true) {
    const { description, default: given } = node;
    const type = openValue ? {} : { type: "object" };
    return ordered({ description, ...type, default: given, [PRESERVE]: true }, path);
  }
  if (node[INT_OR_STRING] === true) {
    delete node.anyOf;
    return ordered(node, path);
  }
  for (const union of ["anyOf", "oneOf", "allOf", "$ref", "not"]) {
    if (node[union] !== undefined) refuse(path, `${union} has no structural form`);
  }
  if (node.type === undefined) refuse(path, "a node without type");
  if (node.additionalProperties === false) delete node.additionalProperties;
  rewriteInteger(node);
  if (typeof node.pattern === "string") checkPattern(node.pattern, path);
  if (node.properties !== undefined) {
    node.properties = Object.fromEntries(
      Object.entries(node.properties as Record<string, Node>).map(([name, child]) => [
        name,
        rewrite(child, `${path}.${name}`),
      ]),
    );
  }
  if (node.items !== undefined) node.items = rewrite(node.items as Node, `${path}[]`);
  if (typeof node.additionalProperties === "object") {
    node.additionalProperties = rewrite(node.additionalProperties as Node, `${path}.*`);
  }
  checkBounds(node, path);
  return completeDefault(ordered(node, path));
}

/**
 * The structural schema of a zod schema, as the API server takes it: unions, look-around and unbounded parts are refused
 * with their path rather than rewritten into something weaker.
 */
export function toStructuralSchema(schema: z.ZodType, path: string): StructuralSchema {
  const json = z.toJSONSchema(schema, {
    target: "openapi-3.0",
    io: "input",
    unrepresentable: "any",
  });
  return rewrite(json, path);
}
