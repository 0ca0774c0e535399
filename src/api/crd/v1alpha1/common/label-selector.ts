import { z } from "zod";
import { listOf, mapOf } from "../schema/collections.ts";
import { filled, text } from "../schema/text.ts";

/** Kubernetes label selector; empty selects everything. */
export const LabelSelector = z.object({
  matchLabels: mapOf(text(63), 32).optional(),
  matchExpressions: listOf(
    z.object({
      key: filled(317),
      operator: z.enum(["In", "NotIn", "Exists", "DoesNotExist"]),
      values: listOf(text(63), 64).optional(),
    }),
    32,
  ).optional(),
});
export type LabelSelector = z.output<typeof LabelSelector>;
