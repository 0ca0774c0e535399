import { z } from "zod";
import { LabelSelector } from "../common/label-selector.ts";
import { seconds } from "../schema/numbers.ts";
import { choice, roleName } from "../schema/text.ts";

/** How gated pods share the pool with frameworks. */
export const Admission = z.object({
  enabled: z.boolean().default(true),
  namespaceSelector: LabelSelector.prefault({}),
  defaultRole: roleName().default("*"),
  pin: choice("Auto", "Never"),
  gateTimeoutSeconds: seconds().default(0).describe("0 = wait for ever."),
  preemption: choice("Off", "LowerPriority").describe(
    "LowerPriority: for the first pod of a role that fits nowhere, the fewest pods of the same role and a lower priority are " +
      "evicted from one agent, as far as disruption budgets allow.",
  ),
});

export const Frameworks = z.object({
  failoverTimeoutMaxSeconds: seconds().default(604_800),
  completedMax: seconds(0, 10_000).default(50),
  heartbeatSeconds: seconds(1, 3600).default(15),
});

export type Admission = z.output<typeof Admission>;
