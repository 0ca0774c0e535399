import type { Attribute } from "../../api/mesos/value.ts";
import type { PoolAgent } from "../../domain/admission/rules/agent-table.ts";
import type { AttributeValue } from "../../domain/marathon/constraints/attribute-text.ts";
import type { LedgerAgent } from "./ports.ts";

function valueOf({ scalar, ranges, set, text }: Attribute): AttributeValue | undefined {
  if (scalar !== undefined) return scalar.value;
  if (text !== undefined) return text.value;
  if (set !== undefined) return { set: set.item ?? [] };
  if (ranges === undefined) return undefined;
  return { ranges: (ranges.range ?? []).map(({ begin, end }) => [begin, end] as const) };
}

/** The engine's agent as admission sees it; the first attribute of a name counts. */
export function poolAgentOf({ attributes, ...agent }: LedgerAgent): PoolAgent {
  const values = new Map<string, AttributeValue>();
  for (const attribute of attributes) {
    const value = valueOf(attribute);
    if (value !== undefined && !values.has(attribute.name)) values.set(attribute.name, value);
  }
  return { ...agent, attributes: Object.fromEntries(values) };
}
