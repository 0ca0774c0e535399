import { int, intOrPercent, seconds } from "../schema/numbers.ts";
import { choice } from "../schema/text.ts";

/** How pods on nodes are rolled: a canary first, then batches, back on failure. */
export const nodeRolling = (maxUnavailable: number | string) => ({
  maxUnavailable: intOrPercent().default(maxUnavailable),
  canaryNodes: int(0).default(1),
  canarySeconds: seconds().default(60),
  onFailure: choice("Rollback", "Halt"),
});
