import type { PoolPod } from "../../../api/agent-link/pool-pod.ts";
import { asId, type AgentId, type KubeUid } from "../../../api/ids/ids.ts";
import { readResources } from "../../../domain/mesos/wire-resources.ts";
import { type EngineContext, tellAllocator } from "./context.ts";
import { relieveAgent } from "./overcommit.ts";

/** Books pods of the pool where their node sees them; a uid counts once, whoever tells it first. */
export function placePoolPods(
  context: EngineContext,
  agentId: AgentId,
  pods: readonly PoolPod[],
): void {
  for (const pod of pods) {
    const podUid = asId<KubeUid>(pod.uid);
    if (pod.phase === "Succeeded" || pod.phase === "Failed") {
      tellAllocator(context, { kind: "podGone", podUid });
      continue;
    }
    const read = readResources(pod.requests);
    if (!read.ok) {
      context.counters.add("master/dropped_messages");
      continue;
    }
    tellAllocator(context, {
      kind: "podPlaced",
      pod: { uid: podUid, role: pod.role, request: read.resources, priority: 0, createdMs: 0 },
      agentId,
    });
    relieveAgent(context, agentId);
  }
}

export function releasePoolPods(context: EngineContext, uids: readonly string[]): void {
  for (const uid of uids) {
    tellAllocator(context, { kind: "podGone", podUid: asId<KubeUid>(uid) });
  }
}
