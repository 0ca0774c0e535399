import { z } from "zod";
import { listOf } from "../schema/collections.ts";
import { int, seconds } from "../schema/numbers.ts";
import { withRules } from "../schema/rules.ts";
import { choice, cron, filled, text, timeZone } from "../schema/text.ts";

const Metric = withRules(
  z.object({
    type: z.enum(["cpu", "memory", "prometheus"]),
    target: z.number().min(0).max(1e12).describe("Percent of the request; prometheus: the value."),
    query: text(4096).optional(),
    per: choice("Instance", "Total"),
    steps: listOf(
      z.object({ above: z.number().min(0).max(1e12), add: int(1, 10_000) }),
      16,
    ).optional(),
  }),
  [
    {
      rule: "self.type != 'prometheus' || has(self.query)",
      message: "a prometheus metric needs a query",
      reason: "FieldValueRequired",
      fieldPath: ".query",
      holds: (metric) => metric.type !== "prometheus" || metric.query !== undefined,
    },
  ],
);

const ScaleSpeed = (percent: number, cooldownSeconds: number) =>
  z
    .object({
      percent: int(1, 1000).default(percent),
      cooldownSeconds: seconds().default(cooldownSeconds),
    })
    .prefault({});

const ScheduledBounds = withRules(
  z.object({
    cron: cron(),
    timeZone: timeZone().default("Etc/UTC"),
    min: int(0),
    max: int(0),
  }),
  [
    {
      rule: "self.min <= self.max",
      message: "min must not be above max",
      fieldPath: ".min",
      holds: ({ min, max }) => min <= max,
    },
  ],
);

/** Instances by load, between bounds. */
export const AppAutoscaling = withRules(
  z.object({
    provider: choice("Builtin", "HPA"),
    minInstances: int(1).default(1),
    maxInstances: int(1),
    metrics: listOf(Metric, 16).min(1),
    combine: choice("Any", "All"),
    scaleUp: ScaleSpeed(50, 180),
    scaleDown: ScaleSpeed(25, 300),
    schedule: listOf(ScheduledBounds, 32).optional(),
    prometheusAddress: filled(1024).optional(),
  }),
  [
    {
      rule: "self.minInstances <= self.maxInstances",
      message: "minInstances must not be above maxInstances",
      fieldPath: ".minInstances",
      holds: ({ minInstances, maxInstances }) => minInstances <= maxInstances,
    },
  ],
);

export type AppAutoscaling = z.output<typeof AppAutoscaling>;
