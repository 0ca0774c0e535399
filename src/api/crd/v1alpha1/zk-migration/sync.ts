import { z } from "zod";
import { listOf } from "../schema/collections.ts";
import { int, seconds } from "../schema/numbers.ts";
import { withRules } from "../schema/rules.ts";
import { choice, filled, text } from "../schema/text.ts";
import { znodePath } from "./ensembles.ts";

export const CONFLICT_RULES = [
  "Auto",
  "SourceWins",
  "TargetWins",
  "LastWriteWins",
  "HigherVersion",
  "Manual",
  "Reject",
] as const;

const notReserved = (path: string): boolean =>
  ["/zookeeper", "/orchestrator-sync"].every(
    (reserved) => path !== reserved && !path.startsWith(`${reserved}/`),
  );
const RESERVED = "!self.matches('^/(zookeeper|orchestrator-sync)(/.*)?$')";

const mirroredPath = () =>
  withRules(znodePath(), [{ rule: RESERVED, message: "the path is reserved", holds: notReserved }]);

/** One subtree to keep equal. */
export const SyncPath = z.object({
  path: mirroredPath(),
  targetPath: mirroredPath().optional(),
  exclude: listOf(text(1024), 64).prefault([]).describe("Globs below path."),
  conflictRule: z.enum(CONFLICT_RULES).optional(),
  preset: choice("None", "Mesos", "Marathon"),
});

/** What becomes of ephemeral nodes below a glob. */
const EphemeralRule = z.object({
  path: filled(4096),
  policy: choice("Mirror", "Exclude", "Block"),
  kind: choice("Registration", "Election", "Lock"),
});

const SpecialKind = z.object({ path: filled(4096), kind: z.enum(["Container", "Ttl"]) });

/** How the subtrees are kept equal. */
export const Sync = z.object({
  direction: choice("TwoWay", "SourceToTarget", "TargetToSource"),
  changeSource: choice("Auto", "Recursive", "OneShot", "Learner"),
  conflictRule: choice(...CONFLICT_RULES),
  manualTimeoutSeconds: seconds().default(0).describe("0 = wait for ever."),
  manualDefault: choice("SourceWins", "TargetWins"),
  aclPolicy: choice("Preserve", "Ignore"),
  defaultAcl: listOf(text(1024), 32).optional(),
  ephemerals: listOf(EphemeralRule, 256).prefault([]).describe("Not covered = Block."),
  kinds: listOf(SpecialKind, 256)
    .prefault([])
    .describe("Container and TTL nodes, which only changeSource Learner can see by itself."),
  counterGap: int(0).default(10_000),
  allowWeakLocks: z.boolean().default(false),
  copyQuotas: z.boolean().default(false),
  pruneTarget: z.boolean().default(false),
  snapshotBatchSize: int(1, 100_000).default(1000),
  replicas: int(1, 5).default(2),
  retry: z
    .object({
      initialMs: int(1).default(200),
      maxMs: int(1).default(30_000),
    })
    .prefault({}),
  verify: z
    .object({
      intervalSeconds: seconds(1).default(300),
      samplePercentPerSecond: z.number().min(0).max(100).default(1),
    })
    .prefault({}),
});
