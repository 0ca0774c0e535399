import type { AttributeConstraint, OfferConstraints } from "../../api/mesos/offer-constraints.ts";

const PATTERN_LENGTH_MAX = 4096;

/** What is wrong with offer constraints; undefined when they can be used. */
export function offerConstraintsFault(
  constraints: OfferConstraints,
  roles: readonly string[],
): string | undefined {
  for (const [role, { groups = [] }] of Object.entries(constraints.role_constraints ?? {})) {
    if (!roles.includes(role)) {
      return `Offer constraints specify role '${role}' to which the framework is not subscribed`;
    }
    if (groups.length === 0) return `Empty 'RoleConstraints' for role '${role}'`;
    for (const { attribute_constraints = [] } of groups) {
      if (attribute_constraints.length === 0) return `Empty 'Group' for role '${role}'`;
      for (const constraint of attribute_constraints) {
        const fault = constraintFault(constraint);
        if (fault !== undefined) return `A constraint for role '${role}' is not valid: ${fault}`;
      }
    }
  }
  return undefined;
}

function constraintFault({ selector, predicate }: AttributeConstraint): string | undefined {
  const selectors = [selector.pseudoattribute_type, selector.attribute_name];
  if (selectors.filter((it) => it !== undefined).length !== 1) {
    return "Exactly one of 'selector.pseudoattribute_type', 'selector.attribute_name' must be set";
  }
  if (Object.keys(predicate).length !== 1) {
    return "Exactly one predicate must be set";
  }
  const regex = predicate.text_matches?.regex ?? predicate.text_not_matches?.regex;
  return regex === undefined ? undefined : regexFault(regex);
}

/** RE2 has no look-around and no back-references; those would not match in linear time. */
function regexFault(regex: string): string | undefined {
  if (regex.length > PATTERN_LENGTH_MAX) return "The regex is too large";
  if (/\(\?(?:[=!]|<[=!])/.test(regex) || /\\[1-9]|\\k</.test(regex)) {
    return `invalid perl operator in regex '${regex}'`;
  }
  try {
    new RegExp(regex, "u");
  } catch {
    return `cannot parse regex '${regex}'`;
  }
  return undefined;
}
