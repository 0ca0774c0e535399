import type { AgentAttribute, AgentProfile } from "../../../src/domain/allocator/agent-profile.ts";
import type { FrameworkProfile } from "../../../src/domain/allocator/events.ts";
import type {
  ConstraintPredicate,
  RoleConstraints,
} from "../../../src/domain/allocator/offer-constraints.ts";
import { parseQuantities, type Quantities } from "../../../src/domain/resources/quantity.ts";
import type {
  AgentGiven,
  AttributeValue,
  ConstraintGiven,
  FrameworkGiven,
} from "./vector-format.ts";

const AGENT_CAPABILITIES = ["MULTI_ROLE", "HIERARCHICAL_ROLE", "RESERVATION_REFINEMENT"];
const FRAMEWORK_CAPABILITIES = ["MULTI_ROLE", "RESERVATION_REFINEMENT"];

export function quantitiesOf(text: string): Quantities {
  const quantities = parseQuantities(text);
  if (quantities === undefined) throw new Error(`not quantities: ${text}`);
  return quantities;
}

export function agentProfileOf(id: string, given: AgentGiven): AgentProfile {
  return {
    hostname: given.hostname ?? id,
    attributes: attributesOf(given.attributes ?? {}),
    capabilities: given.capabilities ?? AGENT_CAPABILITIES,
    ...(given.region === undefined ? {} : { region: given.region }),
    ...(given.zone === undefined ? {} : { zone: given.zone }),
  };
}

export function attributesOf(given: Readonly<Record<string, AttributeValue>>): AgentAttribute[] {
  return Object.entries(given).flatMap(([name, value]) => {
    const values = typeof value === "object" ? value : [value];
    return values.map((one) => (typeof one === "string" ? { name, text: one } : { name }));
  });
}

export function frameworkProfileOf(given: FrameworkGiven): FrameworkProfile {
  return {
    roles: given.roles,
    suppressed: given.suppressed ?? [],
    capabilities: given.capabilities ?? FRAMEWORK_CAPABILITIES,
    minAllocatable: Object.fromEntries(
      Object.entries(given.minAllocatable ?? {}).map(([role, sets]) => [
        role,
        sets.map(quantitiesOf),
      ]),
    ),
    constraints: constraintsOf(given.constraints ?? {}),
  };
}

function constraintsOf(given: NonNullable<FrameworkGiven["constraints"]>): RoleConstraints {
  return Object.fromEntries(
    Object.entries(given).map(([role, groups]) => [
      role,
      groups.map((group) =>
        group.map((one) => ({ attribute: one.attribute, predicate: predicateOf(one) })),
      ),
    ]),
  );
}

function predicateOf({ is, value = "" }: ConstraintGiven): ConstraintPredicate {
  switch (is) {
    case "exists":
    case "not_exists":
      return { is };
    case "text_equals":
    case "text_not_equals":
      return { is, value };
    case "text_matches":
    case "text_not_matches": {
      const regex = new RegExp(`^(?:${value})$`, "s");
      return { is, matches: (text) => regex.test(text) };
    }
  }
}
