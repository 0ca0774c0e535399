import type { AgentCall } from "../../../api/agent-link/calls.ts";
import type { AgentEventOf } from "../../../api/agent-link/events.ts";
import { BATCH_BYTES_MAX, BATCH_CALLS_MAX } from "../../../api/agent-link/limits.ts";
import { isOperatingError } from "../../../api/errors/operating-error.ts";
import { type Clock, deadline, sleep } from "../../../runtime/ports/clock.ts";
import type { LinkStream, UsageReader } from "../ports.ts";

type WithoutSeq<T> = T extends AgentCall ? Omit<T, "seq"> : never;
/** A call before it has its number in a stream. */
export type OutgoingCall = WithoutSeq<AgentCall>;

export interface LinkSessionParts {
  readonly usage: UsageReader;
  readonly clock: Clock;
}

const SEND_RETRY_MS = 250;
const SEND_TIMEOUT_MS = 5_000;

/** The outbox and the beat of one stream: nothing goes out before the master took the agent. */
export class LinkSession {
  readonly signal: AbortSignal;
  /** Set once the master took the agent. */
  agentId: string | undefined;
  readonly #parts: LinkSessionParts;
  readonly #ended = new AbortController();
  #stream: LinkStream | undefined;
  #seq = 0;
  #outbox: AgentCall[] = [];
  #sending = false;
  #leaseMs = 0;
  #ackedAtMs = 0;
  #wakeDrained: (() => void)[] = [];

  constructor(parts: LinkSessionParts, parent: AbortSignal) {
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

  /** Sends the call after those queued before, again until the master has it or the stream ends. */
  queue(call: OutgoingCall): void {
    this.#seq += 1;
    this.#outbox.push({ ...call, seq: this.#seq });
    void this.#flush();
  }

  end(): void {
    this.#ended.abort(new DOMException("the stream ended", "AbortError"));
    for (const wake of this.#wakeDrained.splice(0)) wake();
  }

  /** Resolves when the master has everything, or the stream ended. */
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
