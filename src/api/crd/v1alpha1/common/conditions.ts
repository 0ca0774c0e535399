import { z } from "zod";
import { mapListOf } from "../schema/collections.ts";
import { long } from "../schema/numbers.ts";
import { dateTime, filled, text } from "../schema/text.ts";

/** One fact about the object that tools wait for (kstatus). */
export const Condition = z.object({
  type: filled(316),
  status: z.enum(["True", "False", "Unknown"]),
  observedGeneration: long().optional(),
  lastTransitionTime: dateTime(),
  reason: filled(1024),
  message: text(1024),
});

export const conditions = mapListOf(Condition, ["type"], 32);
export type Condition = z.output<typeof Condition>;
