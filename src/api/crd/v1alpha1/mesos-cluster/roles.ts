import { z } from "zod";
import { mapListOf, mapOf } from "../schema/collections.ts";
import { decimal } from "../schema/numbers.ts";
import { withRules } from "../schema/rules.ts";
import { choice, roleName } from "../schema/text.ts";

const Amounts = mapOf(decimal(), 16);

const Quota = withRules(
  z.object({
    guarantees: Amounts.prefault({}).describe("Resource name to amount that is set aside."),
    limits: Amounts.prefault({}).describe("Resource name to amount that is not passed."),
    mode: choice("Hard", "Soft", "Adaptive").describe(
      "Soft: idle room beyond the limits is lent, and taken back when others need it. Adaptive: the same while less than 80 % of the pool is in use.",
    ),
  }),
  [
    {
      rule: "self.guarantees.all(name, !(name in self.limits) || double(self.guarantees[name]) <= double(self.limits[name]))",
      message: "a guarantee must not be above its limit",
      fieldPath: ".guarantees",
      holds: ({ guarantees, limits }) =>
        Object.entries(guarantees).every(
          ([name, amount]) => Number(amount) <= Number(limits[name] ?? amount),
        ),
    },
  ],
);

/** Share and bounds of one role. */
export const Role = z.object({
  name: roleName(),
  weight: withRules(decimal().default("1.0"), [
    {
      rule: "double(self) > 0.0",
      message: "weight must be above 0",
      holds: (weight) => Number(weight) > 0,
    },
  ]),
  quota: Quota.optional(),
});

export const Roles = mapListOf(Role, ["name"], 500);
export type Role = z.output<typeof Role>;
