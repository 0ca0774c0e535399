import { asciiJson } from "../../../api/mesos/json-encode.ts";
import type { AgentCall, SubscribeCall } from "../../../api/agent-link/calls.ts";
import { asId, type AgentId, type FrameworkId, type KubeUid } from "../../../api/ids/ids.ts";
import type { MasterEvent } from "../../../api/mesos/operator-event.ts";
import type { SchedulerCall, SchedulerCallSubscribe } from "../../../api/mesos/scheduler-call.ts";
import type { WaitingPod } from "../../../domain/allocator/pods/waiting-pod.ts";
import { getState } from "../../../domain/mesos/views/operator-reads.ts";
import type { CancelTimer, Clock } from "../../../runtime/ports/clock.ts";
import type { ChunkSink } from "../../../runtime/ports/http-exchange.ts";
import type { Logger } from "../../../runtime/ports/logger.ts";
import type { Random } from "../../../runtime/ports/random.ts";
import type { Term } from "../../../runtime/leader/term.ts";
import type { EngineEffect, OperatorAnswer } from "../core/effects.ts";
import type { OfferEngine } from "../core/engine.ts";
import { heartbeatMsOf } from "../core/frameworks.ts";
import type { EngineInput, OperatorOperation } from "../core/inputs.ts";
import type {
  ClusterConfigSource,
  ClusterConfigWriter,
  PodAdmissionPort,
  PodFeed,
} from "../ports.ts";
import { FrameworkStream, type StreamFormat } from "./framework-stream.ts";
import { OfferEncoder } from "./offer-encoder.ts";
import { OPERATOR_HEARTBEAT_MS, OperatorStreams } from "./operator-streams.ts";
import type { RegistryWriter } from "./registry-writer.ts";
import { frameRecord } from "./wire-record.ts";

const TICK_MS = 250;

export interface EngineHostOptions {
  readonly engine: OfferEngine;
  readonly term: Term;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly writer: RegistryWriter;
  readonly configSource: ClusterConfigSource;
  /** Undefined: the configuration is not changed through this master. */
  readonly configWriter?: ClusterConfigWriter | undefined;
  readonly pods: PodAdmissionPort | undefined;
  readonly hasTrailingBeat: boolean;
  /** Hears of every input and effect, in order: for simulations. */
  readonly onTurn?: (input: EngineInput, effects: readonly EngineEffect[]) => void;
}

/**
 * Runs the engine of one term: feeds it inputs in the order they arrive, hands its effects to streams, links, Registry
 * and pods, and owns its time.
 */
export class EngineHost implements PodFeed {
  readonly engine: OfferEngine;
  readonly #options: EngineHostOptions;
  readonly #encoder = new OfferEncoder();
  readonly #streams = new Map<string, FrameworkStream>();
  readonly #links = new Map<string, ChunkSink>();
  readonly #operators: OperatorStreams;
  readonly #wallOffsetMs: number;
  #cancelTick: CancelTimer = () => undefined;
  #cancelAllocation: CancelTimer | undefined;
  #allocationDueMs = Infinity;
  #lastTickMs = 0;
  #lastRunMs = -Infinity;
  #isStopped = false;
  #isAdvancing = false;
  readonly #waiting: EngineInput[] = [];
  /** Operators that wait for an answer, by request. */
  readonly #operatorAnswers = new Map<string, (answer: OperatorAnswer) => void>();
  #changes: Promise<unknown> = Promise.resolve();
  #unsubscribe: () => void = () => undefined;

  constructor(options: EngineHostOptions) {
    this.#options = options;
    this.#operators = new OperatorStreams(options.clock, (isWatched) =>
      options.engine.watch(isWatched),
    );
    this.#wallOffsetMs = options.clock.nowMs() - options.clock.monotonicMs();
    this.engine = options.engine;
  }

  /** Time begins. */
  start(): void {
    this.#lastTickMs = this.#options.clock.monotonicMs();
    this.#unsubscribe = this.#options.configSource.subscribe(() => {
      this.advance({ kind: "configChanged", config: this.#options.configSource.current() });
    });
    this.#armTick();
    this.#armAllocation();
  }

  /** Ends all streams and links; inputs are ignored from now on. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#unsubscribe();
    this.#cancelTick();
    this.#cancelAllocation?.();
    for (const stream of this.#streams.values()) stream.close();
    for (const sink of this.#links.values()) sink.close();
    this.#operators.close();
    this.#streams.clear();
    this.#links.clear();
    for (const answer of this.#operatorAnswers.values()) {
      answer({ kind: "taken", message: "This master does not lead any more" });
    }
    this.#operatorAnswers.clear();
  }

  /** Applies the input and performs what follows; an input that comes up meanwhile is applied right after. */
  advance(input: EngineInput): void {
    this.#waiting.push(input);
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
        if (!this.#isStopped) this.#turn(next);
      }
    } finally {
      this.#isAdvancing = false;
    }
    this.#armAllocation();
  }

  /** Wall time that never jumps: it is read once and carried on by the monotonic clock. */
  #nowMs(): number {
    return this.#options.clock.monotonicMs() + this.#wallOffsetMs;
  }

  #turn(input: EngineInput): void {
    const effects = this.engine.advance(input, this.#nowMs());
    this.#options.onTurn?.(input, effects);
    for (const effect of effects) this.#perform(effect);
  }

  /** Opens the event stream of a SUBSCRIBE that passed the pipeline; the result is called when the peer is gone. */
  openFrameworkStream(
    sink: ChunkSink,
    streamId: string,
    format: StreamFormat,
    call: SchedulerCallSubscribe,
  ): { readonly onClosed: () => void } {
    const stream = new FrameworkStream(sink, this.#options.clock, this.#encoder, {
      format,
      heartbeatMs: heartbeatMsOf(this.engine, call.framework_info),
      hasTrailingBeat: this.#options.hasTrailingBeat,
      onBlocked: (blocked) => this.advance({ kind: "frameworkStreamBlocked", streamId, blocked }),
    });
    this.#streams.set(streamId, stream);
    this.advance({ kind: "frameworkSubscribed", streamId, call });
    return {
      onClosed: () => {
        stream.closedByPeer();
        this.#streams.delete(streamId);
        this.advance({ kind: "frameworkStreamClosed", streamId });
      },
    };
  }

  /**
   * Opens an operator event stream: the whole state first, then every change of it; nothing is missed and nothing told
   * twice, since both happen between two inputs.
   * @param shown what of an event this operator may see; undefined = nothing.
   */
  openOperatorStream(
    sink: ChunkSink,
    format: StreamFormat,
    shown: (event: MasterEvent) => MasterEvent | undefined,
  ): { readonly onClosed: () => void } {
    return this.#operators.open(
      { sink, format, shown },
      {
        type: "SUBSCRIBED",
        subscribed: {
          get_state: getState(this.engine.state),
          heartbeat_interval_seconds: OPERATOR_HEARTBEAT_MS / 1000,
        },
      },
    );
  }

  /** Operator event streams that are open. */
  get operatorStreams(): number {
    return this.#operators.size;
  }

  callFramework(frameworkId: FrameworkId, call: SchedulerCall): void {
    this.advance({ kind: "frameworkCalled", frameworkId, call });
  }

  openAgentLink(
    sink: ChunkSink,
    linkId: string,
    call: SubscribeCall,
    address: string,
  ): { readonly onClosed: () => void } {
    this.#links.set(linkId, sink);
    this.advance({ kind: "agentSubscribed", linkId, call, address });
    return {
      onClosed: () => {
        this.#links.delete(linkId);
        this.advance({ kind: "agentLinkClosed", linkId });
      },
    };
  }

  /** Number of the last call that took effect, or undefined when the link is not that agent's any more. */
  callAgent(linkId: string, calls: readonly AgentCall[]): number | undefined {
    this.advance({ kind: "agentCalled", linkId, calls });
    return this.engine.ackedSeq(linkId);
  }

  /** An operation of an operator on resources of an agent; resolves when it is accepted or refused. */
  operate(order: Omit<OperatorOperation, "kind" | "requestId">): Promise<OperatorAnswer> {
    const requestId = this.#options.random.uuid();
    const { promise, resolve } = Promise.withResolvers<OperatorAnswer>();
    this.#operatorAnswers.set(requestId, resolve);
    this.advance({ kind: "agentOperated", requestId, ...order });
    return promise;
  }

  /** Resolves when every record asked for so far is durable, or given up. */
  recordsSettled(): Promise<void> {
    return this.#options.writer.settled();
  }

  /** One operator's change after the other, so that each is checked against what the ones before it left. */
  changeInTurn<T>(change: () => Promise<T>): Promise<T> {
    const done = this.#changes.then(change);
    this.#changes = done.catch(() => undefined);
    return done;
  }

  /** Where operators' changes of the configuration go; it gives them back through the source before it resolves. */
  get configWriter(): ClusterConfigWriter | undefined {
    return this.#options.configWriter;
  }

  newStreamId(): string {
    return this.#options.random.uuid();
  }

  podWaiting(pod: WaitingPod): void {
    this.advance({ kind: "podWaiting", pod });
  }

  podRulesChanged(role: string): void {
    this.advance({ kind: "podRulesChanged", role });
  }

  podGone(podUid: KubeUid): void {
    this.advance({ kind: "podGone", podUid });
  }

  podPlaced(pod: WaitingPod, agentId: AgentId): void {
    this.advance({ kind: "podPlaced", pod, agentId });
  }

  admissionFailed(podUid: KubeUid, requeue: boolean): void {
    this.advance({ kind: "podAdmissionFailed", podUid, requeue });
  }

  admissionWindow(free: number): void {
    this.advance({ kind: "podAdmissionWindow", free });
  }

  agentRulesChanged(agentId: AgentId): void {
    this.advance({ kind: "podAgentRulesChanged", agentId });
  }

  agentOfHostname(hostname: string): AgentId | undefined {
    for (const agent of this.engine.state.agents.values()) {
      if (agent.hostname === hostname) return agent.id;
    }
    return undefined;
  }

  hostnameOfAgent(agentId: AgentId): string | undefined {
    return this.engine.state.agents.get(asId<AgentId>(agentId))?.hostname;
  }

  #perform(effect: EngineEffect): void {
    switch (effect.kind) {
      case "frameworkEvent":
        this.#streams.get(effect.streamId)?.send(effect.event);
        return;
      case "offers":
        this.#streams.get(effect.streamId)?.sendOffers(effect.offers);
        return;
      case "masterEvent":
        this.#operators.send(effect.event);
        return;
      case "closeFrameworkStream":
        this.#streams.get(effect.streamId)?.close();
        this.#streams.delete(effect.streamId);
        return;
      case "agentEvent":
        this.#links.get(effect.linkId)?.write(frameRecord(asciiJson(effect.event)));
        return;
      case "closeAgentLink":
        this.#links.get(effect.linkId)?.close();
        this.#links.delete(effect.linkId);
        return;
      case "operatorAnswered":
        this.#operatorAnswers.get(effect.requestId)?.(effect.answer);
        this.#operatorAnswers.delete(effect.requestId);
        return;
      case "persist": {
        const { then } = effect;
        this.#options.writer.write(effect.writes, () => {
          if (then !== undefined) this.advance(then);
        });
        return;
      }
      case "admitPods":
        this.#options.pods?.admit(effect.admissions, this.#options.term.number);
        return;
      case "evictPods":
        this.#options.pods?.evict(effect.podUids, effect.reason);
        return;
      case "podAgentKnown":
        this.#options.pods?.agentKnown(effect.agent);
        return;
      case "podAgentGone":
        this.#options.pods?.agentGone(effect.agentId);
        return;
    }
  }

  #armTick(): void {
    this.#cancelTick = this.#options.clock.after(TICK_MS, () => {
      const nowMs = this.#options.clock.monotonicMs();
      const lagMs = Math.max(0, nowMs - this.#lastTickMs - TICK_MS);
      this.#lastTickMs = nowMs;
      this.advance({ kind: "ticked", lagMs });
      if (!this.#isStopped) this.#armTick();
    });
  }

  /** One timer for the allocator: the coalescing window, a filter that ends, the next interval. */
  #armAllocation(): void {
    if (this.#isStopped) return;
    const askedMs = this.engine.allocationDueMs() ?? Infinity;
    // What a run could not settle (paused, a filter that waits for another run) is not asked again at once.
    const dueMs = askedMs <= this.#lastRunMs ? this.#lastRunMs + TICK_MS : askedMs;
    if (dueMs === this.#allocationDueMs) return;
    this.#cancelAllocation?.();
    this.#cancelAllocation = undefined;
    this.#allocationDueMs = dueMs;
    if (dueMs === Infinity) return;
    const delayMs = Math.max(0, dueMs - this.#nowMs());
    this.#cancelAllocation = this.#options.clock.after(delayMs, () => {
      this.#allocationDueMs = Infinity;
      this.#cancelAllocation = undefined;
      this.#lastRunMs = this.#nowMs();
      this.advance({ kind: "allocationDue" });
    });
  }
}
