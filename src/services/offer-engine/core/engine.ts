import type { AgentId, FrameworkId } from "../../../api/ids/ids.ts";
import type { MasterInfo } from "../../../api/mesos/master-info.ts";
import { emptyMasterState } from "../../../domain/mesos/empty-master-state.ts";
import type { MasterState } from "../../../domain/mesos/master-state.ts";
import type { Random } from "../../../runtime/ports/random.ts";
import type { ClusterConfig } from "../ports.ts";
import { applyInput } from "./apply-input.ts";
import { applyFirstConfig } from "./cluster-config.ts";
import {
  type AllocatorPort,
  ENGINE_LIMITS,
  type AgentLinkState,
  type EngineContext,
  type EngineLimits,
  tellAllocator,
} from "./context.ts";
import { Counters } from "./counters.ts";
import type { EngineEffect } from "./effects.ts";
import type { EngineInput } from "./inputs.ts";
import { makeInverseOffers } from "./inverse-offers.ts";
import { makeOffers } from "./offers.ts";
import { NO_RECORDS, type RecoveredRecords } from "./recovered-records.ts";
import { makePodsFramework } from "./pods-framework.ts";
import { Preemptions } from "./preemptions.ts";
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
    applyInput(context, input);
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

  /** The link and the number of its last call that took effect; undefined for a link that is not the agent's. */
  agentLink(linkId: string): Readonly<AgentLinkState> | undefined {
    return this.#context.links.get(linkId);
  }

  /** Which of the end and the loss of the agent is being written, if any. */
  beingRecorded(agentId: AgentId): "gone" | "unreachable" | undefined {
    const { becomingGone, becomingUnreachable } = this.#context;
    if (becomingGone.has(agentId)) return "gone";
    return becomingUnreachable.has(agentId) ? "unreachable" : undefined;
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
