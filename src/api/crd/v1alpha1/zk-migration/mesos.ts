import { z } from "zod";
import { SecretRef } from "../common/references.ts";
import { listOf, openObject } from "../schema/collections.ts";
import { int, seconds } from "../schema/numbers.ts";
import { withRules } from "../schema/rules.ts";
import { choice, dnsLabel, filled, text } from "../schema/text.ts";

const Addresses = listOf(filled(1024), 10_000);

const External = z.object({
  masters: Addresses.min(1),
  targetMasters: Addresses.optional(),
  agents: Addresses.optional(),
  targetAgents: Addresses.optional(),
  quorum: int(1, 9).optional(),
  credentialsSecretRef: SecretRef.optional(),
});

/** The Mesos cluster that moves: ours by name, or masters and agents elsewhere. */
export const MigratedMesos = withRules(
  z.object({
    clusterRef: z.object({ name: dnsLabel() }).optional(),
    external: External.optional(),
    masterPath: choice("Rolling", "Stepwise"),
    masterIntervalSeconds: seconds().default(10),
    agents: choice("InPlace", "Replace"),
  }),
  [
    {
      rule: "has(self.clusterRef) != has(self.external)",
      message: "exactly one of clusterRef and external must be given",
      holds: (it) => (it.clusterRef !== undefined) !== (it.external !== undefined),
    },
  ],
);

export const Drain = z.object({
  method: choice("Redeploy", "DrainAgent", "Maintenance", "None"),
  batch: int(1, 1000).default(1),
  maxGraceSeconds: seconds().default(600),
  forceAfterSeconds: seconds().default(3600),
});

export const MigratedFramework = z.object({
  name: filled(),
  kind: choice("Marathon", "Chronos", "Other"),
  url: text(1024).optional(),
  instances: int(0).optional(),
  zkPaths: listOf(filled(4096), 64).prefault([]),
});

/** Who does a step on processes that are not ours; at most one of job and http, none = a person. */
const Action = withRules(
  z.object({
    job: z.object({ template: openObject() }).optional(),
    http: z.object({ url: filled(1024), secretRef: SecretRef.optional() }).optional(),
  }),
  [
    {
      rule: "!(has(self.job) && has(self.http))",
      message: "at most one of job and http may be given",
      holds: (it) => it.job === undefined || it.http === undefined,
    },
  ],
);

export const Actions = z.object({
  startMaster: Action.optional(),
  stopMaster: Action.optional(),
  moveFramework: Action.optional(),
  moveAgent: Action.optional(),
  startAgent: Action.optional(),
  stopAgent: Action.optional(),
  retireSource: Action.optional(),
});
