import { z } from "zod";
import { SecretRef } from "../common/references.ts";
import { listOf, mapListOf } from "../schema/collections.ts";
import { int, seconds } from "../schema/numbers.ts";
import { choice, filled, objectName, text } from "../schema/text.ts";

const phase = int(1, 6);

/** A person's yes to one attempt of a phase. */
export const Approval = z.object({
  phase,
  attempt: int(1),
  by: text().optional(),
  comment: text(1024).optional(),
});
export const Approvals = mapListOf(Approval, ["phase", "attempt"], 64);

/** Ask to go back; a new token is one request. */
export const Rollback = z.object({ toPhase: int(0, 5), token: filled(128) });

export const PhaseRule = z.object({
  phase,
  approval: z.enum(["Manual", "Automatic"]).optional(),
  timeoutSeconds: seconds(1).optional(),
  onTimeout: choice("Hold", "Rollback"),
});
export const PhaseRules = mapListOf(PhaseRule, ["phase"], 6);

export const Limits = z.object({
  lag: z
    .object({
      goalMs: int(1).default(50),
      gateMs: int(1).default(100),
      alertMs: int(1).default(500),
    })
    .prefault({}),
  oldestDirtyMs: int(1).default(1000),
  rttMs: int(1).default(10),
  capacityPercent: int(1, 1000).default(120),
  cutoverSeconds: seconds(1).default(300),
  sessionQuietSeconds: seconds(0).optional(),
  sourceOpsPerSecond: int(1).optional(),
  targetOpsPerSecond: int(1).optional(),
});

export const Archive = z.object({
  retentionHours: int(0).default(72),
  keySecretRef: SecretRef.optional(),
  claim: objectName().optional(),
});

export const Notifications = listOf(
  z.object({
    format: choice("Slack", "PagerDuty", "Generic"),
    secretRef: SecretRef,
    on: listOf(filled(64), 32).prefault([]),
  }),
  16,
);
