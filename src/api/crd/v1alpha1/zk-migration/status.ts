import { z } from "zod";
import { commonStatus } from "../common/common-status.ts";
import { listOf, mapListOf } from "../schema/collections.ts";
import { int, long } from "../schema/numbers.ts";
import { dateTime, filled, text } from "../schema/text.ts";

const Check = z.object({
  id: filled(128),
  result: z.enum(["Pass", "Fail", "Unknown"]),
  value: text(256).optional(),
  limit: text(256).optional(),
  at: dateTime().optional(),
});

const PhaseRecord = z.object({
  phase: int(1, 6),
  name: text(128).optional(),
  state: text(64).optional(),
  attempt: int().optional(),
  startedAt: dateTime().optional(),
  finishedAt: dateTime().optional(),
  approvedBy: text().optional(),
  checks: mapListOf(Check, ["id"], 64).optional(),
});

const PlanStep = z.object({
  id: filled(128),
  phase: int(1, 6),
  text: text(1024),
  reversible: z.boolean(),
  estimateSeconds: int().optional(),
});

const Counts = z.object({
  tasks: int().optional(),
  agents: int().optional(),
  frameworks: int().optional(),
  leader: text(512).optional(),
});

const SyncStatus = z.object({
  connected: z.boolean().optional(),
  direction: text(64).optional(),
  authority: text(64).optional(),
  lagMs: z.object({ p50: z.number().optional(), p99: z.number().optional() }).optional(),
  oldestDirtyMs: z.number().optional(),
  znodes: long().optional(),
  queue: long().optional(),
  bytesPerSecond: long().optional(),
  etaSeconds: z.number().optional(),
  conflicts: z.object({ total: long().optional(), open: long().optional() }).optional(),
});

const addresses = listOf(text(4096), 1000).optional();

/** What became of a migration; `sync` and `checksum` are written by the worker. */
export const ZkMigrationStatus = z.object({
  ...commonStatus,
  currentPhase: int(0, 6).optional(),
  phaseName: text(128).optional(),
  state: text(64).optional(),
  attempt: int().optional(),
  reason: text(128).optional(),
  step: z
    .object({
      id: filled(128),
      intentAt: dateTime().optional(),
      doneAt: dateTime().optional(),
    })
    .optional(),
  nextStep: text(1024).optional().describe("What a person has to do next."),
  pointOfNoReturn: z.boolean().optional(),
  strategy: text(32).optional(),
  refused: text(1024).optional(),
  plan: z
    .object({
      hash: text(64).optional(),
      steps: listOf(PlanStep, 256).optional(),
      warnings: listOf(text(1024), 64).optional(),
    })
    .optional(),
  phases: mapListOf(PhaseRecord, ["phase"], 6).optional(),
  sessions: z.object({ source: int().optional(), verified: z.boolean().optional() }).optional(),
  baseline: Counts.optional(),
  now: Counts.optional(),
  tasksFailed: int().optional(),
  cutover: z
    .object({
      startedAt: dateTime().optional(),
      endedAt: dateTime().optional(),
      seconds: z.number().optional(),
    })
    .optional(),
  addresses: z.object({ masters: addresses, frameworks: addresses, agents: addresses }).optional(),
  sync: SyncStatus.optional(),
  checksum: z
    .object({
      source: text(128).optional(),
      target: text(128).optional(),
      equal: z.boolean().optional(),
      at: dateTime().optional(),
    })
    .optional(),
});

export type ZkMigrationStatus = z.output<typeof ZkMigrationStatus>;
