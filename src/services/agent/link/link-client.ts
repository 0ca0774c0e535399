import type { SubscribeCall } from "../../../api/agent-link/calls.ts";
import type { AgentEvent, AgentEventOf } from "../../../api/agent-link/events.ts";
import { isOperatingError } from "../../../api/errors/operating-error.ts";
import { type Clock, sleep } from "../../../runtime/ports/clock.ts";
import type { Logger } from "../../../runtime/ports/logger.ts";
import type { Random } from "../../../runtime/ports/random.ts";
import { LinkSession, type OutgoingCall } from "./link-session.ts";
import type { AgentMetrics } from "../metrics.ts";
import type { MasterLink, UsageReader } from "../ports.ts";

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
const GOODBYE_WAIT_MS = 1_000;

/**
 * Keeps a stream to the leading master: subscribes, beats, sends calls in numbered batches, one at a time, and starts
 * anew with back-off when the stream ends. Events of a lower term than the highest seen are refused.
 */
export class LinkClient {
  readonly #parts: LinkClientParts;
  #termSeen = 0;
  #session: LinkSession | undefined;

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

  /** Says goodbye and waits until the master has it, a second at most. */
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
    const session = new LinkSession(this.#parts, signal);
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

  #handle(session: LinkSession, event: AgentEvent): void {
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
