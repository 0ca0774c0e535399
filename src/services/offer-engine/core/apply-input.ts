import { assertNever } from "../../../api/invariant.ts";
import { applyAgentCalls } from "./agent-calls.ts";
import { checkLeases } from "./agent-leases.ts";
import { giveUpRecovered, markUnreachable } from "./agent-loss.ts";
import { finishDrains, markGone, recordGone } from "./agent-operations.ts";
import { drainAgent, setDeactivated } from "./agent-orders.ts";
import { admitRecorded, closeAgentLink, subscribeAgent } from "./agents.ts";
import { applyConfig } from "./cluster-config.ts";
import { type EngineContext, tellAllocator } from "./context.ts";
import { callFramework } from "./framework-calls.ts";
import { disconnectFramework, expireFrameworks, removeFramework } from "./framework-departure.ts";
import { blockFramework, subscribeFramework } from "./frameworks.ts";
import type { EngineInput } from "./inputs.ts";
import {
  bringDown,
  bringUp,
  reviewSchedule,
  startMaintenance,
  stopMaintenance,
} from "./maintenance.ts";
import { rescindTimedOutOffers } from "./offers.ts";
import { sendRecordedOperations } from "./operation-delivery.ts";
import { operateAgent } from "./operator-operations.ts";
import { relieveAgent } from "./overcommit.ts";
import { preemptPods } from "./preemption.ts";
import { reclaimLoans } from "./reclaim.ts";

/** Has the part that an input concerns apply it. */
export function applyInput(context: EngineContext, input: EngineInput): void {
  switch (input.kind) {
    case "frameworkSubscribed":
      subscribeFramework(context, input.streamId, input.call);
      return;
    case "frameworkCalled": {
      const framework = context.state.frameworks.get(input.frameworkId);
      if (framework !== undefined) callFramework(context, framework, input.call);
      return;
    }
    case "frameworkStreamClosed":
      disconnectFramework(context, input.streamId);
      return;
    case "frameworkStreamBlocked":
      blockFramework(context, input.streamId, input.blocked);
      return;
    case "agentSubscribed":
      subscribeAgent(context, input.linkId, input.call, input.address);
      return;
    case "agentCalled":
      applyAgentCalls(context, input.linkId, input.calls);
      return;
    case "agentLinkClosed":
      closeAgentLink(context, input.linkId);
      return;
    case "agentRecorded":
      admitRecorded(context, input.linkId);
      return;
    case "unreachableRecorded":
      markUnreachable(context, input.agentId);
      return;
    case "allocationDue":
      context.allocationDueMs = undefined;
      tellAllocator(context, { kind: "run" });
      return;
    case "ticked":
      checkLeases(context, input.lagMs);
      expireFrameworks(context);
      giveUpRecovered(context);
      rescindTimedOutOffers(context);
      finishDrains(context);
      reclaimLoans(context);
      preemptPods(context);
      reviewSchedule(context);
      tickAllocator(context);
      return;
    case "configChanged":
      applyConfig(context, input.config);
      return;
    case "teardown": {
      const framework = context.state.frameworks.get(input.frameworkId);
      if (framework !== undefined) removeFramework(context, framework);
      return;
    }
    case "agentDeactivationSet":
      setDeactivated(context, input.agentId, input.deactivated);
      return;
    case "agentDrained":
      drainAgent(context, input.agentId, input);
      return;
    case "agentMarkedGone":
      recordGone(context, input.agentId);
      return;
    case "goneRecorded":
      markGone(context, input.agentId);
      return;
    case "operationsRecorded":
      sendRecordedOperations(context, input.agentId, input.uuids);
      return;
    case "agentOperated":
      operateAgent(context, input);
      return;
    case "maintenanceStarted":
      startMaintenance(context, input.machines);
      return;
    case "machinesDownRecorded":
      bringDown(context, input.machines);
      return;
    case "maintenanceStopped":
      stopMaintenance(context, input.machines);
      return;
    case "machinesUpRecorded":
      bringUp(context, input.machines);
      return;
    case "podsKnown":
      tellAllocator(context, { kind: "resumed" });
      return;
    case "podWaiting":
      tellAllocator(context, { kind: "podWaiting", pod: input.pod });
      return;
    case "podRulesChanged":
      tellAllocator(context, { kind: "podRulesChanged", role: input.role });
      return;
    case "podGone":
      tellAllocator(context, { kind: "podGone", podUid: input.podUid });
      return;
    case "podPlaced":
      tellAllocator(context, { kind: "podPlaced", pod: input.pod, agentId: input.agentId });
      relieveAgent(context, input.agentId);
      return;
    case "podAdmissionFailed":
      tellAllocator(context, {
        kind: "podAdmissionFailed",
        podUid: input.podUid,
        requeue: input.requeue,
      });
      return;
    case "podAdmissionWindow":
      tellAllocator(context, { kind: "admissionWindow", free: input.free });
      return;
    case "podAgentRulesChanged":
      tellAllocator(context, { kind: "agentUpdated", agentId: input.agentId });
      return;
    default:
      assertNever(input);
  }
}

function tickAllocator(context: EngineContext): void {
  if (context.nowMs - context.lastAllocationTickMs < context.allocationIntervalMs) return;
  context.lastAllocationTickMs = context.nowMs;
  tellAllocator(context, { kind: "tick" });
}
