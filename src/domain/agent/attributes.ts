import type { Attribute, ValueRange } from "../../api/mesos/value.ts";
import type { KubeNode } from "./kube-pod.ts";

export type ParsedAttributes =
  | { readonly ok: true; readonly attributes: readonly Attribute[] }
  | { readonly ok: false; readonly item: string };

/**
 * Attributes from the text of the flag: `rack:rack1;zone:us-east-1a;level:10;ports:[1-2]`. A number is SCALAR, `[…]`
 * RANGES, `{…}` SET, anything else TEXT, as Mesos reads them. The same name may stand more than once.
 */
export function parseAttributes(text: string): ParsedAttributes {
  const attributes: Attribute[] = [];
  for (const item of text.split(/[;\n]/)) {
    if (item.trim() === "") continue;
    const colon = item.indexOf(":");
    const name = item.slice(0, Math.max(0, colon)).trim();
    const value = item.slice(colon + 1).trim();
    const attribute = name === "" || value === "" ? undefined : readValue(name, value);
    if (attribute === undefined) return { ok: false, item: item.trim() };
    attributes.push(attribute);
  }
  return { ok: true, attributes };
}

function readValue(name: string, value: string): Attribute | undefined {
  if (value.startsWith("[")) {
    const range = readRanges(value);
    return range === undefined ? undefined : { name, type: "RANGES", ranges: { range } };
  }
  if (value.startsWith("{")) {
    if (!value.endsWith("}")) return undefined;
    const item = value
      .slice(1, -1)
      .split(",")
      .map((part) => part.trim());
    return item.includes("") ? undefined : { name, type: "SET", set: { item } };
  }
  if (/^[+-]?(\d+\.?\d*|\.\d+)$/.test(value)) {
    return { name, type: "SCALAR", scalar: { value: Math.round(Number(value) * 1000) / 1000 } };
  }
  return textAttribute(name, value);
}

function readRanges(value: string): readonly ValueRange[] | undefined {
  if (!value.endsWith("]")) return undefined;
  const ranges: ValueRange[] = [];
  for (const part of value.slice(1, -1).split(",")) {
    const match = /^\s*(\d+)\s*-\s*(\d+)\s*$/.exec(part);
    if (match === null || Number(match[1]) > Number(match[2])) return undefined;
    ranges.push({ begin: Number(match[1]), end: Number(match[2]) });
  }
  return ranges;
}

export function textAttribute(name: string, value: string): Attribute {
  return { name, type: "TEXT", text: { value } };
}

/** Node labels every agent shows as attributes. */
export const DEFAULT_ATTRIBUTE_LABELS: Readonly<Record<string, string>> = {
  "topology.kubernetes.io/region": "region",
  "topology.kubernetes.io/zone": "zone",
  "node.kubernetes.io/instance-type": "instance_type",
  "kubernetes.io/arch": "arch",
  "kubernetes.io/os": "os",
};

/** Attributes of a node: those given (they win by name), then the mapped labels, by attribute name. */
export function nodeAttributes(
  node: KubeNode,
  given: readonly Attribute[],
  attributeLabels: Readonly<Record<string, string>> = {},
): readonly Attribute[] {
  const taken = new Set(given.map((attribute) => attribute.name));
  const labels = node.metadata.labels ?? {};
  const derived: Attribute[] = [];
  for (const [label, name] of Object.entries({ ...DEFAULT_ATTRIBUTE_LABELS, ...attributeLabels })) {
    const value = labels[label];
    if (value !== undefined && value !== "" && !taken.has(name)) {
      derived.push(textAttribute(name, value));
    }
  }
  return [...given, ...derived.sort((a, b) => (a.name < b.name ? -1 : 1))];
}
