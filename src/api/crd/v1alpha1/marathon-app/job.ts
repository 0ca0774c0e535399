import { z } from "zod";
import { listOf } from "../schema/collections.ts";
import { int, seconds } from "../schema/numbers.ts";
import { withRules } from "../schema/rules.ts";
import { filled, text, timeZone } from "../schema/text.ts";

/** A scheduled or dependent job (Chronos). Command, resources and container are those of the app. */
export const AppJob = withRules(
  z.object({
    name: z
      .string()
      .min(1)
      .max(253)
      .regex(/^[A-Za-z0-9_.-]+$/),
    schedule: filled(256).optional().describe("ISO 8601 repetition: R[n]/start/period."),
    scheduleTimeZone: timeZone().optional(),
    parents: listOf(filled(), 64).optional().describe("Runs when all of these have succeeded."),
    shell: z.boolean().default(true),
    retries: int(0).default(2),
    concurrent: z.boolean().default(false),
    disabled: z.boolean().default(false),
    softError: z.boolean().default(false),
    highPriority: z.boolean().default(false),
    maxCompletionTime: seconds(1).optional().describe("Seconds."),
    owner: text(1024).optional(),
    ownerName: text().optional(),
    description: text(4096).optional(),
    epsilon: text(64).optional(),
  }),
  [
    {
      rule: "has(self.schedule) != has(self.parents)",
      message: "exactly one of schedule and parents must be given",
      holds: (job) => (job.schedule !== undefined) !== (job.parents !== undefined),
    },
  ],
);

export type AppJob = z.output<typeof AppJob>;
