import { z } from "zod";
import { treatment } from "../common/common-spec.ts";
import { listOf } from "../schema/collections.ts";
import type { Rule } from "../schema/rules.ts";
import { withRules } from "../schema/rules.ts";
import { choice } from "../schema/text.ts";
import { Approvals, Archive, Limits, Notifications, PhaseRules, Rollback } from "./control.ts";
import { SourceEnsemble, TargetEnsemble } from "./ensembles.ts";
import { Actions, Drain, MigratedFramework, MigratedMesos } from "./mesos.ts";
import { Sync, SyncPath } from "./sync.ts";

const Fields = z.object({
  strategy: choice("Auto", "Expand", "Sync", "SeedAndSync"),
  allowVersionSkew: z.boolean().default(false),
  approval: choice("Manual", "Automatic"),
  approvals: Approvals.prefault([]),
  rollback: Rollback.optional(),
  source: SourceEnsemble,
  target: TargetEnsemble,
  paths: listOf(SyncPath, 256).min(1),
  sync: Sync.prefault({}),
  mesos: MigratedMesos.optional(),
  drain: Drain.prefault({}),
  frameworks: listOf(MigratedFramework, 64).prefault([]),
  actions: Actions.prefault({}).describe("Absent verb: a person confirms with zk-migrate."),
  phases: PhaseRules.prefault([]),
  limits: Limits.prefault({}),
  clientSwitch: choice("Restart", "Dns"),
  retireSource: choice("Keep", "Stop"),
  archive: Archive.prefault({}),
  notifications: Notifications.prefault([]),
  ...treatment,
  mode: choice("Apply", "Plan").describe("Plan writes nothing anywhere."),
  deletionPolicy: choice("Delete", "Orphan").describe(
    "Delete before the point of no return rolls back to phase 0 first.",
  ),
});

const rules: readonly Rule<z.output<typeof Fields>>[] = [
  {
    rule: "!has(self.target.connectionString) || self.target.connectionString != self.source.connectionString",
    message: "source and target must differ",
    fieldPath: ".target.connectionString",
    holds: ({ source, target }) => target.connectionString !== source.connectionString,
  },
  {
    rule: "self.strategy != 'Expand' || (size(self.paths) == 1 && self.paths[0].path == '/')",
    message: "strategy Expand moves everything: paths must be [/]",
    fieldPath: ".paths",
    holds: ({ strategy, paths }) =>
      strategy !== "Expand" || (paths.length === 1 && paths[0]?.path === "/"),
  },
  {
    rule: "!has(self.mesos) || self.sync.direction == 'TwoWay'",
    message: "mesos needs sync.direction: TwoWay",
    fieldPath: ".sync.direction",
    holds: ({ mesos, sync }) => mesos === undefined || sync.direction === "TwoWay",
  },
];

/** What a person asks of a migration. */
export const ZkMigrationSpec = withRules(Fields, rules);
export type ZkMigrationSpec = z.output<typeof ZkMigrationSpec>;
