import { asciiJson } from "../../../api/mesos/json-encode.ts";
import type { AgentCall, SubscribeCall } from "../../../api/agent-link/calls.ts";
import type { FrameworkId } from "../../../api/ids/ids.ts";
import type { MasterEvent } from "../../../api/mesos/operator-event.ts";
import type { SchedulerCall, SchedulerCallSubscribe } from "../../../api/mesos/scheduler-call.ts";
import { getState } from "../../../domain/mesos/views/operator-reads.ts";
import type { Clock } from "../../../runtime/ports/clock.ts";
import type { ChunkSink } from "../../../runtime/ports/http-exchange.ts";
import type { Logger } from "../../../runtime/ports/logger.ts";
import type { Random } from "../../../runtime/ports/random.ts";
import type { Term } from "../../../runtime/leader/term.ts";
import type { EngineEffect, OperatorAnswer } from "../core/effects.ts";
import type { OfferEngine } from "../core/engine.ts";
import { heartbeatMsOf } from "../core/frameworks.ts";
import type { EngineInput, OperatorOperation } from "../core/inputs.ts";
import { Fifo } from "../../../runtime/queue/fifo.ts";
import type { ClusterConfigSource, ClusterConfigWriter, PodAdmissionPort } from "../ports.ts";
import { EngineTime } from "./engine-time.ts";
import { FrameworkStream, type StreamFormat } from "./framework-stream.ts";
import { OfferEncoder } from "./offer-encoder.ts";
import { OPERATOR_HEARTBEAT_MS, OperatorStreams } from "./operator-streams.ts";
import type { RegistryWriter } from "./registry-writer.ts";
import { frameRecord } from "./wire-record.ts";

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
 * and pods.
 */
export class EngineHost {
  readonly engine: OfferEngine;
  readonly #options: EngineHostOptions;
  readonly #encoder = new OfferEncoder();
  readonly #streams = new Map<string, FrameworkStream>();
  readonly #links = new Map<string, ChunkSink>();
  readonly #operators: OperatorStreams;
  readonly #time: EngineTime;
  #isStopped = false;
  #isAdvancing = false;
  readonly #waiting = new Fifo<EngineInput>();
  /** Operators that wait for an answer, by request. */
  readonly #operatorAnswers = new Map<string, (answer: OperatorAnswer) => void>();
  #changes: Promise<unknown> = Promise.resolve();
  #unsubscribe: () => void = () => undefined;

  constructor(options: EngineHostOptions) {
    this.#options = options;
    this.#operators = new OperatorStreams(options.clock, (isWatched) =>
      options.engine.watch(isWatched),
    );
    this.#time = new EngineTime(options.clock, {
      ticked: (lagMs) => this.advance({ kind: "ticked", lagMs }),
      allocationDue: () => this.advance({ kind: "allocationDue" }),
    });
    this.engine = options.engine;
  }

  /** Time begins. */
  start(): void {
    this.#unsubscribe = this.#options.configSource.subscribe(() => {
      this.advance({ kind: "configChanged", config: this.#options.configSource.current() });
    });
    this.#time.start();
    this.#time.askAllocation(this.engine.allocationDueMs());
  }

  /** Ends all streams and links; inputs are ignored from now on. */
  stop(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#unsubscribe();
    this.#time.stop();
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
    this.#waiting.add(input);
    if (this.#isAdvancing) return;
    this.#isAdvancing = true;
    try {
      for (let next = this.#waiting.take(); next !== undefined; next = this.#waiting.take()) {
        if (!this.#isStopped) this.#turn(next);
      }
    } finally {
      this.#isAdvancing = false;
    }
    this.#time.askAllocation(this.engine.allocationDueMs());
  }

  #turn(input: EngineInput): void {
    const effects = this.engine.advance(input, this.#time.nowMs());
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
    const link = this.engine.agentLink(linkId);
    this.advance({ kind: "agentCalled", linkId, calls });
    if (link === undefined) return undefined;
    // GOODBYE ends the link of its own batch, and took effect all the same.
    const hasEnded = this.engine.agentLink(linkId) === undefined;
    const lastSeq = calls.at(-1)?.seq ?? Infinity;
    return hasEnded && link.ackedSeq < lastSeq ? undefined : link.ackedSeq;
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
}
