import { z } from "zod";
import { commonStatus } from "../common/common-status.ts";
import { listOf } from "../schema/collections.ts";
import { int } from "../schema/numbers.ts";
import { dateTime, filled, text } from "../schema/text.ts";

const FidelityItem = z.object({
  field: filled(256),
  level: z.enum(["Exact", "Approximated", "Dropped"]),
  treatment: text(512),
});

/** What of the app Kubernetes does exactly, nearly, or not at all; only non-exact items are listed. */
const Fidelity = z.object({
  exact: int(),
  approximated: int(),
  dropped: int(),
  items: listOf(FidelityItem, 64).optional(),
});

const Queue = z.object({
  reason: text(128).optional().describe("Marathon's word."),
  message: text(1024).optional().describe("The same in plain words."),
  since: dateTime().optional(),
  delaySeconds: z.number().min(0).optional(),
  delayUntil: dateTime().optional().describe("No pod of the app is admitted before."),
});

const LastTaskFailure = z.object({
  appId: text(1024).optional(),
  taskId: text(512).optional(),
  state: text(64).optional(),
  message: text(1024).optional(),
  host: text().optional(),
  slaveId: text().optional(),
  version: text(64).optional(),
  timestamp: dateTime().optional(),
});

/** What became of an app. */
export const MarathonAppStatus = z.object({
  ...commonStatus,
  version: text(64).optional(),
  versionInfo: z
    .object({
      lastScalingAt: text(64).optional(),
      lastConfigChangeAt: text(64).optional(),
    })
    .optional(),
  deployments: listOf(z.object({ id: filled(64) }), 32).optional(),
  instances: int().optional(),
  selector: text(1024).optional(),
  tasks: z.object({ staged: int(), running: int(), healthy: int(), unhealthy: int() }).optional(),
  servicePorts: listOf(int(0, 65_535), 128).optional(),
  queue: Queue.optional(),
  lastTaskFailure: LastTaskFailure.optional(),
  rollout: z
    .object({
      phase: text(64).optional(),
      step: int().optional(),
      steps: int().optional(),
      weight: int(0, 100).optional(),
      message: text(1024).optional(),
    })
    .optional(),
  autoscaling: z.object({ desired: int(), lastScaleAt: dateTime().optional() }).optional(),
  fidelity: Fidelity.optional(),
});

export type MarathonAppStatus = z.output<typeof MarathonAppStatus>;
export type Fidelity = z.output<typeof Fidelity>;
