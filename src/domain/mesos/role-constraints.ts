import type { AttributeConstraint, OfferConstraints } from "../../api/mesos/offer-constraints.ts";
import { invariant } from "../../api/invariant.ts";
import type {
  ConstraintPredicate,
  OfferConstraint,
  RoleConstraints,
  TextMatcher,
} from "../allocator/offer-constraints.ts";

/** The allocator's form of constraints that `offerConstraintsFault` found nothing wrong with. */
export function roleConstraintsOf(constraints: OfferConstraints): RoleConstraints {
  return Object.fromEntries(
    Object.entries(constraints.role_constraints ?? {}).map(([role, { groups = [] }]) => [
      role,
      groups.map(({ attribute_constraints = [] }) => attribute_constraints.map(constraintOf)),
    ]),
  );
}

function constraintOf({ selector, predicate }: AttributeConstraint): OfferConstraint {
  const pseudo = selector.pseudoattribute_type;
  const attribute = pseudo === undefined ? selector.attribute_name : `@${pseudo}`;
  invariant(attribute !== undefined, "a validated selector names an attribute");
  return { attribute, predicate: predicateOf(predicate) };
}

function predicateOf(predicate: AttributeConstraint["predicate"]): ConstraintPredicate {
  if (predicate.exists !== undefined) return { is: "exists" };
  if (predicate.not_exists !== undefined) return { is: "not_exists" };
  if (predicate.text_equals !== undefined) {
    return { is: "text_equals", value: predicate.text_equals.value };
  }
  if (predicate.text_not_equals !== undefined) {
    return { is: "text_not_equals", value: predicate.text_not_equals.value };
  }
  if (predicate.text_matches !== undefined) {
    return { is: "text_matches", matches: matcher(predicate.text_matches.regex) };
  }
  invariant(predicate.text_not_matches !== undefined, "a validated predicate is set");
  return { is: "text_not_matches", matches: matcher(predicate.text_not_matches.regex) };
}

/** Full match, as Mesos. */
function matcher(regex: string): TextMatcher {
  const compiled = new RegExp(`^(?:${regex})$`, "u");
  return (text) => compiled.test(text);
}
