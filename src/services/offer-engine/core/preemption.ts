import type { KubeUid } from "../../../api/ids/ids.ts";
import { type EngineContext, tellAllocator } from "./context.ts";

/** The first pod of a queue waits so long before others are evicted for it. */
const POD_WAIT_MS = 5_000;
/** An eviction that a disruption budget refused, or that was lost, is asked for again. */
const ASK_AGAIN_MS = 10_000;
/** For one pod others are chosen once in that time, so that what does not help is not repeated at once. */
const CHOOSE_AGAIN_MS = 60_000;

/** Where the cluster wants it: has pods evicted for pods of their role that are of a higher priority and fit nowhere. */
export function preemptPods(context: EngineContext): void {
  const { preemptions, nowMs, config } = context;
  followUp(context);
  if (config.preemption !== "LowerPriority" || !preemptions.isLookDue(nowMs)) return;
  for (const preemption of context.allocator.view.preemptions(POD_WAIT_MS)) {
    if (preemptions.has(preemption.podUid)) continue;
    preemptions.note(preemption, nowMs);
    const { role, agentId, victims } = preemption;
    tellAllocator(context, { kind: "agentHeld", role, agentId });
    evict(context, victims);
    context.counters.add("orchestrator/pods_preempted", victims.length);
  }
}

/** Asks again for evictions that took no effect, as long as their pod waits for them. */
function followUp(context: EngineContext): void {
  const { preemptions, nowMs, state, config } = context;
  for (const underWay of preemptions.all) {
    const { podUid, agentId, victims } = underWay.preemption;
    const isWanted =
      config.preemption === "LowerPriority" &&
      context.allocator.view.isPodWaiting(podUid) &&
      nowMs - underWay.sinceMs < CHOOSE_AGAIN_MS;
    if (!isWanted) {
      preemptions.forget(podUid);
      continue;
    }
    const there = victims.filter((uid) => state.pods.agentOf(uid) === agentId);
    if (there.length === 0 || nowMs - underWay.askedMs < ASK_AGAIN_MS) continue;
    underWay.askedMs = nowMs;
    evict(context, there);
  }
}

function evict(context: EngineContext, podUids: readonly KubeUid[]): void {
  context.effects.push({ kind: "evictPods", podUids, reason: "Preempted" });
}
