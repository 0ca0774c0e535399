import { z } from "zod";
import { listOf } from "../schema/collections.ts";
import { int, long } from "../schema/numbers.ts";
import { dateTime, filled, text } from "../schema/text.ts";
import { conditions } from "./conditions.ts";

export const PHASES = [
  "Pending",
  "Progressing",
  "Ready",
  "Degraded",
  "Paused",
  "Stalled",
  "Terminating",
] as const;

const PlannedChild = z.object({
  kind: filled(63),
  name: filled(),
  action: z.enum(["Create", "Update", "Recreate", "Delete", "None"]),
  paths: listOf(text(256), 50).optional().describe("Changed field paths."),
  restartsPods: z.boolean().default(false),
});

/** What mode Apply would do, from a server-side dry run. */
export const Plan = z.object({
  children: listOf(PlannedChild, 100),
  truncated: z.boolean().optional().describe("More changes exist than are listed."),
});

/** The last failure that keeps the object from getting on; absent when all is well. */
export const LastError = z.object({
  code: filled(64),
  message: text(1024),
  hint: text(1024).optional(),
  retryAt: dateTime().optional(),
});

/** Status fields of every kind. Phase and message are derived and never read back. */
export const commonStatus = {
  observedGeneration: long().optional(),
  conditions: conditions.optional(),
  phase: z.enum(PHASES).optional(),
  message: text(1024).optional(),
  templateRevision: int(1).optional(),
  latestTemplateRevision: int(1).optional(),
  pendingRestart: z.boolean().optional(),
  operatorVersion: text(64).optional(),
  lastError: LastError.optional(),
  plan: Plan.optional(),
};

export type Phase = (typeof PHASES)[number];
export type Plan = z.output<typeof Plan>;
export type PlannedChild = z.output<typeof PlannedChild>;
export type LastError = z.output<typeof LastError>;
