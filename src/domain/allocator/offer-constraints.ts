import type { AgentProfile } from "./agent-profile.ts";

/** What one constraint asks of the first attribute of its name. */
export type ConstraintPredicate =
  | { readonly is: "exists" }
  | { readonly is: "not_exists" }
  | { readonly is: "text_equals"; readonly value: string }
  | { readonly is: "text_not_equals"; readonly value: string }
  | { readonly is: "text_matches"; readonly matches: TextMatcher }
  | { readonly is: "text_not_matches"; readonly matches: TextMatcher };

/** A compiled regular expression (RE2 syntax, full match); compiled and bounded by the caller. */
export type TextMatcher = (text: string) => boolean;

/** `@HOSTNAME`, `@REGION` and `@ZONE` are pseudo-attributes. */
export interface OfferConstraint {
  readonly attribute: string;
  readonly predicate: ConstraintPredicate;
}

/** Any group suffices; within a group all must hold. */
export type ConstraintGroups = readonly (readonly OfferConstraint[])[];

export type RoleConstraints = Readonly<Record<string, ConstraintGroups>>;

/**
 * Whether the agent may be offered under these constraints.
 *
 * @see mesos@1.11 src/master/allocator/mesos/offer_constraints_filter.cpp
 */
export function meetsConstraints(groups: ConstraintGroups, agent: AgentProfile): boolean {
  return groups.some((group) => group.every((constraint) => holds(constraint, agent)));
}

/** Whether the answer depends on more than the agent's class: it asks for the host name. */
export function asksForHostname(groups: ConstraintGroups): boolean {
  return groups.some((group) => group.some(({ attribute }) => attribute === "@HOSTNAME"));
}

function holds({ attribute, predicate }: OfferConstraint, agent: AgentProfile): boolean {
  const found = findAttribute(attribute, agent);
  switch (predicate.is) {
    case "exists":
      return found !== undefined;
    case "not_exists":
      return found === undefined;
    case "text_equals":
      return found !== undefined && (found.text === undefined || found.text === predicate.value);
    case "text_not_equals":
      return found?.text === undefined || found.text !== predicate.value;
    case "text_matches":
      return found !== undefined && (found.text === undefined || predicate.matches(found.text));
    case "text_not_matches":
      return found?.text === undefined || !predicate.matches(found.text);
  }
}

/** The first attribute of the name; one without text is not of type TEXT. */
function findAttribute(name: string, agent: AgentProfile): { text?: string } | undefined {
  switch (name) {
    case "@HOSTNAME":
      return { text: agent.hostname };
    case "@REGION":
      return agent.region === undefined ? undefined : { text: agent.region };
    case "@ZONE":
      return agent.zone === undefined ? undefined : { text: agent.zone };
    default:
      return agent.attributes.find((own) => own.name === name);
  }
}
