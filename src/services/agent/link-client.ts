import { BATCH_BYTES_MAX, BATCH_CALLS_MAX } from "../../api/agent-link/limits.ts";
import type { AgentCall, SubscribeCall } from "../../api/agent-link/calls.ts";
import type { AgentEvent, AgentEventOf } from "../../api/agent-link/events.ts";
import { isOperatingError } from "../../api/errors/operating-error.ts";
import { type Clock, deadline, sleep } from "../../runtime/ports/clock.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import type { Random } from "../../runtime/ports/random.ts";
import type { AgentMetrics } from "./metrics.ts";
import type { LinkStream, MasterLink, UsageReader } from "./ports.ts";

type WithoutSeq<T> = T extends AgentCall ? Omit<T, "seq"> : never;
/** A call before it has its number in a stream. */
export type OutgoingCall = WithoutSeq<AgentCall>;

export interface LinkClientParts {
  readonly link: MasterLink;
  readonly usage: UsageReader;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: AgentMetrics;
  /** All that the agent has, told anew at each subscription; undefined: do not subscribe (shut down). */
  readonly subscription: (termSeen: number) => SubscribeCall | undefined;
  readonly onConnected: (event: AgentEventOf<"SUBSCRIBED">) => void;
  readonly onDisconnected: () => void;
  readonly onEvent: (event: Exclude<AgentEvent, AgentEventOf<"SUBSCRIBED">>) => void;
}

const BACKOFF_MS_MIN = 1_000;
const BACKOFF_MS_MAX = 60_000;
const SEND_RETRY_MS = 250;
const SEND_TIMEOUT_MS = 5_000;

/**
 * Keeps a stream to the leading master: subscribes, beats, sends calls in numbered batches, one at a time, and starts
 * anew with back-off when the stream ends. Events of a lower term than the highest seen are refused.
 */
export class LinkClient {
  readonly #parts: LinkClientParts;
  #termSeen = 0;
  #session: Session | undefined;

  constructor(parts: LinkClientParts) {
    this.#parts = parts;
  }

  get connected(): boolean {
    return this.#session?.agentId !== undefined;
  }

  /** Queues a call on the present stream; without one it is dropped: the next subscription tells all. */
  send(call: OutgoingCall): void {
    if (this.#session?.agentId !== undefined) this.#session.queue(call);
  }

  /** Ends the present stream, so that a new subscription tells the state as it is now. */
  restart(): void {
    this.#session?.end();
  }

  /** Says goodbye and waits until the master has it, `timeoutMs` at most. */
  async goodbye(reason: "restart" | "drain" | "remove", withinMs: number): Promise<void> {
    const session = this.#session;
    if (session?.agentId === undefined) return;
    session.queue({ type: "GOODBYE", reason, within_ms: withinMs });
    await Promise.race([session.drained(), sleep(this.#parts.clock, GOODBYE_WAIT_MS)]);
  }

  /** Runs until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    let ceilingMs = BACKOFF_MS_MIN;
    while (!signal.aborted) {
      const call = this.#parts.subscription(this.#termSeen);
      const wasConnected = call !== undefined && (await this.#stream(call, signal));
      if (wasConnected) ceilingMs = BACKOFF_MS_MIN;
      const delayMs = this.#parts.random.next() * ceilingMs;
      ceilingMs = Math.min(2 * ceilingMs, BACKOFF_MS_MAX);
      await sleep(this.#parts.clock, delayMs, signal).catch(() => undefined);
    }
  }

  /** One stream from its opening to its end; true when the master took the agent. */
  async #stream(call: SubscribeCall, signal: AbortSignal): Promise<boolean> {
    const session = new Session(this.#parts, signal);
    this.#session = session;
    try {
      const stream = await this.#parts.link.open(call, { signal: session.signal });
      session.begin(stream);
      for await (const event of stream.events) {
        if (session.signal.aborted) break;
        this.#handle(session, event);
      }
    } catch (error) {
      if (!signal.aborted && !session.signal.aborted) this.#warn(error);
    } finally {
      session.end();
      this.#session = undefined;
      if (session.agentId !== undefined) this.#parts.onDisconnected();
    }
    return session.agentId !== undefined;
  }

  #handle(session: Session, event: AgentEvent): void {
    if (event.term < this.#termSeen) {
      this.#parts.metrics.lowerTerms.add();
      this.#parts.logger.warn("refused an event of an older term", { term: event.term });
      return;
    }
    this.#termSeen = event.term;
    if (event.type !== "SUBSCRIBED") {
      this.#parts.onEvent(event);
      return;
    }
    session.accepted(event);
    this.#parts.logger.info("registered with the master", {
      agentId: event.agent_id,
      term: event.term,
    });
    this.#parts.onConnected(event);
  }

  #warn(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#parts.logger.warn("the link to the master ended", {
      errMessage: message,
      ...(isOperatingError(error) ? { errCode: error.code } : {}),
    });
  }
}

const GOODBYE_WAIT_MS = 1_000;

/** The outbox and the beat of one stream. */
class Session {
  readonly signal: AbortSignal;
  agentId: string | undefined;
  readonly #parts: LinkClientParts;
  readonly #ended = new AbortController();
  #stream: LinkStream | undefined;
  #seq = 0;
  #outbox: AgentCall[] = [];
  #sending = false;
  #leaseMs = 0;
  #ackedAtMs = 0;
  #wakeDrained: (() => void)[] = [];

  constructor(parts: LinkClientParts, parent: AbortSignal) {
    this.#parts = parts;
    this.signal = AbortSignal.any([parent, this.#ended.signal]);
  }

  begin(stream: LinkStream): void {
    this.#stream = stream;
  }

  accepted(event: AgentEventOf<"SUBSCRIBED">): void {
    const first = this.agentId === undefined;
    this.agentId = event.agent_id;
    this.#leaseMs = event.lease_ms;
    this.#ackedAtMs = this.#parts.clock.monotonicMs();
    if (first) this.#beat(event.beat_interval_ms);
  }

  queue(call: OutgoingCall): void {
    this.#seq += 1;
    this.#outbox.push({ ...call, seq: this.#seq });
    void this.#flush();
  }

  end(): void {
    this.#ended.abort(new DOMException("the stream ended", "AbortError"));
    for (const wake of this.#wakeDrained.splice(0)) wake();
  }

  drained(): Promise<void> {
    if (this.#outbox.length === 0 && !this.#sending) return Promise.resolve();
    return new Promise((resolve) => this.#wakeDrained.push(resolve));
  }

  #beat(intervalMs: number): void {
    if (this.signal.aborted) return;
    void this.#sendBeat();
    this.#parts.clock.after(intervalMs, () => this.#beat(intervalMs));
  }

  async #sendBeat(): Promise<void> {
    const usage = await this.#parts.usage.read().catch(() => undefined);
    if (this.signal.aborted) return;
    // One beat waiting is enough: a second says nothing more.
    if (this.#outbox.some((call) => call.type === "BEAT")) return;
    const sentAt = this.#parts.clock.monotonicMs();
    this.queue({ type: "BEAT", sent_at: sentAt, ...(usage === undefined ? {} : { usage }) });
  }

  async #flush(): Promise<void> {
    if (this.#sending || this.#stream === undefined || this.agentId === undefined) return;
    this.#sending = true;
    try {
      while (this.#outbox.length > 0 && !this.signal.aborted) await this.#sendBatch(this.#stream);
    } finally {
      this.#sending = false;
      for (const wake of this.#wakeDrained.splice(0)) wake();
    }
  }

  async #sendBatch(stream: LinkStream): Promise<void> {
    const calls = takeBatch(this.#outbox);
    const agentId = this.agentId ?? "";
    const limit = deadline(this.#parts.clock, SEND_TIMEOUT_MS, this.signal);
    try {
      const batch = { agent_id: agentId, calls };
      const answer = await stream.send(batch, { signal: limit.signal });
      this.#ackedAtMs = this.#parts.clock.monotonicMs();
      this.#outbox = this.#outbox.filter((call) => call.seq > answer.acked_seq);
    } catch (error) {
      if (this.signal.aborted) return;
      // Silent for a whole lease: the connection may be half open, and the master has given us up.
      const silentMs = this.#parts.clock.monotonicMs() - this.#ackedAtMs;
      if (isOperatingError(error, "AGENT_REFUSED") || silentMs > this.#leaseMs) {
        this.end();
        return;
      }
      await sleep(this.#parts.clock, SEND_RETRY_MS, this.signal).catch(() => undefined);
    } finally {
      limit.done();
    }
  }
}

/** The longest head of the outbox that fits into one batch; at least one call. */
function takeBatch(outbox: readonly AgentCall[]): AgentCall[] {
  const calls: AgentCall[] = [];
  let bytes = BATCH_OVERHEAD_BYTES;
  for (const call of outbox.slice(0, BATCH_CALLS_MAX)) {
    bytes += Buffer.byteLength(JSON.stringify(call)) + 1;
    if (calls.length > 0 && bytes > BATCH_BYTES_MAX) break;
    calls.push(call);
  }
  return calls;
}

/** Agent id and braces around the calls. */
const BATCH_OVERHEAD_BYTES = 512;
