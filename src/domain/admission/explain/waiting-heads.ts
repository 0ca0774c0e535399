import type { Entry } from "../book/entry.ts";
import { compareQueued, isGated } from "../book/entry.ts";
import type { Funnel } from "./funnel.ts";

type Waiting = Readonly<Entry>;

/**
 * The head of every queue that has stood still for a while: one pod per app, and one per role of pods without app. What
 * keeps the head keeps those behind it.
 *
 * @param waitedMs how long a head must have waited to be worth a word.
 */
export function waitingHeads(
  entries: readonly Waiting[],
  waitedMs: number,
  nowMs: number,
): readonly Waiting[] {
  const heads = new Map<string, Waiting>();
  for (const entry of entries) {
    if (!isGated(entry) || nowMs - entry.waitingSinceMs < waitedMs) continue;
    const key = entry.pod.appKey ?? `role ${entry.pod.role}`;
    const known = heads.get(key);
    if (known === undefined || compareQueued(entry, known) < 0) heads.set(key, entry);
  }
  return [...heads.values()];
}

/** One sentence on why a pod waits: the reasons that keep the most agents away, else whose turn it is. */
export function waitingText({ processed, funnel }: Funnel): string {
  const refusing = funnel
    .filter(({ declined }) => declined > 0)
    .sort((a, b) => b.declined - a.declined);
  const refused = refusing.reduce((sum, { declined }) => sum + declined, 0);
  if (processed === 0) return "no agent is registered";
  if (refused < processed) {
    const fitting = processed - refused;
    return `room on ${fitting} of ${processed} agents; waits for its role's turn, limit or another's guarantee`;
  }
  const parts = refusing.map(({ reason, declined }) => `${declined} ${reason}`);
  return `no room on ${processed} agents: ${parts.join(", ")}`;
}
