import { z } from "zod";
import { listOf, mapListOf, mapOf } from "../schema/collections.ts";
import { int, seconds } from "../schema/numbers.ts";
import { withRules } from "../schema/rules.ts";
import { cron, dateTime, filled, text, timeZone } from "../schema/text.ts";

const Machine = z.object({ hostname: text().optional(), ip: text(45).optional() });

const Window = withRules(
  z.object({
    name: filled(),
    machines: listOf(Machine, 1000).optional(),
    nodeSelector: mapOf(text(63), 16).optional(),
    start: dateTime().optional(),
    schedule: cron().optional(),
    timeZone: timeZone().default("Etc/UTC"),
    /** Absent: until the maintenance is stopped. */
    durationSeconds: seconds(1).optional(),
    graceSeconds: seconds().default(0),
  }),
  [
    {
      rule: "has(self.machines) != has(self.nodeSelector)",
      message: "exactly one of machines and nodeSelector must be given",
      holds: (it) => (it.machines !== undefined) !== (it.nodeSelector !== undefined),
    },
    {
      rule: "has(self.start) != has(self.schedule)",
      message: "exactly one of start and schedule must be given",
      holds: (it) => (it.start !== undefined) !== (it.schedule !== undefined),
    },
    {
      rule: "!has(self.schedule) || has(self.durationSeconds)",
      message: "a window that recurs needs durationSeconds",
      holds: (it) => it.schedule === undefined || it.durationSeconds !== undefined,
    },
  ],
);

/** When machines are taken out (Mesos maintenance), and when pods of ours may be restarted. */
export const Maintenance = z.object({
  windows: mapListOf(Window, ["name"], 100).prefault([]),
  restartWindow: z
    .object({
      schedule: cron(),
      timeZone: timeZone().default("Etc/UTC"),
      durationMinutes: int(1, 10_080),
    })
    .optional(),
});

export type Maintenance = z.output<typeof Maintenance>;
