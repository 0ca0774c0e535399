import { z } from "zod";
import { int, seconds } from "../schema/numbers.ts";
import { choice } from "../schema/text.ts";

/** What happens to an instance that fails. */
export const AppHealing = z.object({
  mode: choice("InPlace", "Relaunch"),
  relocateAfter: int(1).default(3).describe("Restarts in place before the instance moves."),
  backoffSeconds: seconds().default(10),
  factor: z.number().min(1).max(100).default(2),
  maxBackoffSeconds: seconds().default(300),
  maxAttempts: int(1).default(10),
  resetAfterSeconds: seconds(1).default(600),
  checkTimeoutSeconds: seconds(1).default(30),
  guarded: z.boolean().default(false).describe("The operator kills instead of the kubelet."),
  maxUnhealthyKillPercent: int(1, 100).default(50),
  strategy: choice("Rolling", "Immediate", "Batch"),
});

export type AppHealing = z.output<typeof AppHealing>;
