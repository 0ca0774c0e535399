import {
  enumeration,
  type Infer,
  mapOf,
  message,
  type MessageType,
  optional,
  repeated,
  required,
  string,
} from "./schema.ts";

const attributeConstraintFields = {
  selector: required(
    1,
    message("AttributeConstraint.selector", {
      pseudoattribute_type: optional(
        1,
        enumeration("AttributeConstraint.selector.pseudoattribute_type", {
          HOSTNAME: 1,
          REGION: 2,
          ZONE: 3,
        }),
      ),
      attribute_name: optional(2, string),
    }),
  ),
  predicate: required(
    2,
    message("AttributeConstraint.predicate", {
      exists: optional(1, message("AttributeConstraint.predicate.exists", {})),
      not_exists: optional(2, message("AttributeConstraint.predicate.not_exists", {})),
      text_equals: optional(
        3,
        message("AttributeConstraint.predicate.text_equals", { value: required(1, string) }),
      ),
      text_not_equals: optional(
        4,
        message("AttributeConstraint.predicate.text_not_equals", { value: required(1, string) }),
      ),
      text_matches: optional(
        5,
        message("AttributeConstraint.predicate.text_matches", { regex: required(1, string) }),
      ),
      text_not_matches: optional(
        6,
        message("AttributeConstraint.predicate.text_not_matches", { regex: required(1, string) }),
      ),
    }),
  ),
};
export type AttributeConstraint = Infer<typeof attributeConstraintFields>;
export const AttributeConstraint: MessageType<AttributeConstraint> = message(
  "AttributeConstraint",
  attributeConstraintFields,
);

const offerConstraintsRoleConstraintsFields = {
  groups: repeated(
    1,
    message("OfferConstraints.RoleConstraints.groups", {
      attribute_constraints: repeated(1, AttributeConstraint),
    }),
  ),
};
export type OfferConstraintsRoleConstraints = Infer<typeof offerConstraintsRoleConstraintsFields>;
export const OfferConstraintsRoleConstraints: MessageType<OfferConstraintsRoleConstraints> =
  message("OfferConstraints.RoleConstraints", offerConstraintsRoleConstraintsFields);

const offerConstraintsFields = {
  role_constraints: mapOf(1, OfferConstraintsRoleConstraints),
};
export type OfferConstraints = Infer<typeof offerConstraintsFields>;
export const OfferConstraints: MessageType<OfferConstraints> = message(
  "OfferConstraints",
  offerConstraintsFields,
);
