import { assertNever } from "../../../api/invariant.ts";
import type { AgentId, FrameworkId } from "../../../api/ids/ids.ts";
import type { MasterInfo } from "../../../api/mesos/master-info.ts";
import { emptyMasterState } from "../../../domain/mesos/empty-master-state.ts";
import type { MasterState } from "../../../domain/mesos/master-state.ts";
import type { Random } from "../../../runtime/ports/random.ts";
import type { ClusterConfig } from "../ports.ts";
import { applyAgentCalls } from "./agent-calls.ts";
import { finishDrains, markGone, recordGone } from "./agent-operations.ts";
import { checkLeases } from "./agent-leases.ts";
import { giveUpRecovered, markUnreachable } from "./agent-loss.ts";
import { drainAgent, setDeactivated } from "./agent-orders.ts";
import { admitRecorded, closeAgentLink, subscribeAgent } from "./agents.ts";
import { applyConfig, applyFirstConfig } from "./cluster-config.ts";
import {
  type AllocatorPort,
  ENGINE_LIMITS,
  type EngineContext,
  type EngineLimits,
  tellAllocator,
} from "./context.ts";
import { Counters } from "./counters.ts";
import type { EngineEffect } from "./effects.ts";
import { callFramework } from "./framework-calls.ts";
import {
  blockFramework,
  disconnectFramework,
  expireFrameworks,
  removeFramework,
  subscribeFramework,
} from "./frameworks.ts";
import type { EngineInput } from "./inputs.ts";
import { sendRecordedOperations } from "./operation-delivery.ts";
import { operateAgent } from "./operator-operations.ts";
import { makeInverseOffers } from "./inverse-offers.ts";
import {
  bringDown,
  bringUp,
  reviewSchedule,
  startMaintenance,
  stopMaintenance,
} from "./maintenance.ts";
import { makeOffers, rescindTimedOutOffers } from "./offers.ts";
import { NO_RECORDS, type RecoveredRecords } from "./recovered-records.ts";
import { makePodsFramework } from "./pods-framework.ts";
import { relieveAgent } from "./overcommit.ts";
import { preemptPods } from "./preemption.ts";
import { Preemptions } from "./preemptions.ts";
import { reclaimLoans } from "./reclaim.ts";
import { Reclaims } from "./reclaims.ts";
import { recoverState } from "./recovery.ts";

export interface OfferEngineOptions {
  /** UUID, new per term. */
  readonly masterId: string;
  readonly term: number;
  readonly masterInfo: MasterInfo;
  readonly allocator: AllocatorPort;
  readonly random: Random;
  readonly config: ClusterConfig;
  readonly nowMs: number;
  readonly limits?: Partial<EngineLimits>;
  readonly records?: RecoveredRecords;
  /** The built-in framework of waiting pods: listed, never streamed to. */
  readonly podsFrameworkId?: FrameworkId;
  /** How often everything that is dirty is looked at, whatever happened. */
  readonly allocationIntervalMs?: number;
  /** True: nothing is offered until `podsKnown`. */
  readonly awaitsPods?: boolean;
}

/**
 * The offer engine of one term as a reducer: inputs one at a time, each with its time; what follows is data. It reads no
 * clock and does no I/O: same inputs and chance, same effects.
 */
export class OfferEngine {
  readonly #context: EngineContext;

  constructor(options: OfferEngineOptions) {
    const state = emptyMasterState(options.masterId);
    this.#context = {
      state,
      term: options.term,
      masterInfo: options.masterInfo,
      startedMs: options.nowMs,
      allocator: options.allocator,
      random: options.random,
      counters: new Counters(),
      limits: { ...ENGINE_LIMITS, ...options.limits },
      podsFrameworkId: options.podsFrameworkId,
      config: options.config,
      nowMs: options.nowMs,
      effects: [],
      grants: [],
      inverseGrants: [],
      admissions: [],
      allocationDueMs: undefined,
      streams: new Map(),
      links: new Map(),
      pendingAdmissions: new Map(),
      pendingKills: new Map(),
      reclaims: new Reclaims(state),
      preemptions: new Preemptions(),
      becomingUnreachable: new Set(),
      becomingGone: new Set(),
      planned: [],
      occurrencesUntilMs: Infinity,
      marks: new Map(),
      isWatched: false,
      storm: false,
      allocationIntervalMs: options.allocationIntervalMs ?? 1000,
      lastAllocationTickMs: options.nowMs,
      nextFramework: 0,
      nextOffer: 0,
      nextAgent: 0,
    };
    const { podsFrameworkId } = options;
    if (podsFrameworkId !== undefined) {
      state.podsFramework = makePodsFramework(state, podsFrameworkId, options.nowMs);
    }
    applyFirstConfig(this.#context);
    recoverState(this.#context, options.records ?? NO_RECORDS);
    if (options.awaitsPods === true) tellAllocator(this.#context, { kind: "paused" });
  }

  /** Applies one input and gives what it made the engine do, in order. */
  advance(input: EngineInput, nowMs: number): EngineEffect[] {
    const context = this.#context;
    context.nowMs = nowMs;
    context.effects = [];
    apply(context, input);
    makeOffers(context);
    makeInverseOffers(context);
    if (context.admissions.length > 0) {
      context.effects.push({ kind: "admitPods", admissions: context.admissions });
      context.admissions = [];
    }
    return context.effects;
  }

  /** When the allocator wants `allocationDue`; undefined = nothing waits. */
  allocationDueMs(): number | undefined {
    return this.#context.allocationDueMs;
  }

  /** Number of the last call of the link that took effect; undefined for a link that is not the agent's. */
  ackedSeq(linkId: string): number | undefined {
    return this.#context.links.get(linkId)?.ackedSeq;
  }

  /** Whether the loss or the end of the agent is being written. */
  isBeingRecorded(agentId: AgentId): boolean {
    const { becomingGone, becomingUnreachable } = this.#context;
    return becomingGone.has(agentId) || becomingUnreachable.has(agentId);
  }

  /** Whether changes are told as `masterEvent`; between inputs only, so that nothing is told by half. */
  watch(isWatched: boolean): void {
    this.#context.isWatched = isWatched;
  }

  /** For reading only, within the turn. */
  get state(): MasterState {
    return this.#context.state;
  }
  get config(): ClusterConfig {
    return this.#context.config;
  }
  get allocation(): AllocatorPort["view"] {
    return this.#context.allocator.view;
  }
  get counters(): Counters {
    return this.#context.counters;
  }
  get term(): number {
    return this.#context.term;
  }
  get startedMs(): number {
    return this.#context.startedMs;
  }
  get masterInfo(): MasterInfo {
    return this.#context.masterInfo;
  }
  /** More agents fell silent at once than can be believed: nobody is declared unreachable. */
  get isStorm(): boolean {
    return this.#context.storm;
  }
}

function tickAllocator(context: EngineContext): void {
  if (context.nowMs - context.lastAllocationTickMs < context.allocationIntervalMs) return;
  context.lastAllocationTickMs = context.nowMs;
  tellAllocator(context, { kind: "tick" });
}

function apply(context: EngineContext, input: EngineInput): void {
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
