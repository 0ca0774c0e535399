import type { AgentEvent } from "../../../../src/api/agent-link/events.ts";
import type { Random } from "../../../../src/runtime/ports/random.ts";
import type { VirtualClock } from "../../virtual-clock.ts";
import type { SimNetwork, SimStream } from "./network.ts";

export interface SimAgentLinkOptions {
  readonly network: SimNetwork;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly agentId: () => string | undefined;
  /** What the agent subscribes with, as it is now. */
  readonly report: () => Record<string, unknown>;
  readonly obey: (event: AgentEvent) => void;
}

/**
 * The agent's end of the agent link: one stream of events, calls in numbered batches, a beat each second. Whatever breaks it is
 * answered by a new subscription; calls that had not arrived are then forgotten.
 */
export class SimAgentLink {
  readonly #options: SimAgentLinkOptions;
  #stream: SimStream | undefined;
  #generation = 0;
  #seq = 0;
  #outbox: Record<string, unknown>[] = [];
  #isSending = false;
  #isIsolated = false;

  constructor(options: SimAgentLinkOptions) {
    this.#options = options;
  }

  start(): void {
    this.#connect();
    this.#beat();
  }

  /** Another number with each attempt to subscribe and each break. */
  get generation(): number {
    return this.#generation;
  }

  /** Cut off without a word for so long: nothing arrives, nothing leaves. */
  isolate(forMs: number): void {
    this.#isIsolated = true;
    this.#options.clock.after(forMs, () => {
      this.#isIsolated = false;
      this.#stream?.cut();
      this.#retry(this.#generation);
    });
  }

  /** Without a stream the call is lost. */
  call(call: Record<string, unknown>): void {
    if (this.#stream === undefined || this.#isIsolated) return;
    this.#seq += 1;
    this.#outbox.push({ ...call, seq: this.#seq });
    if (!this.#isSending) void this.#send(this.#generation);
  }

  #connect(): void {
    const generation = ++this.#generation;
    this.#seq = 0;
    this.#outbox = [];
    this.#isSending = false;
    this.#subscribe(generation).catch(() => this.#retry(generation));
  }

  #retry(generation: number): void {
    if (generation !== this.#generation) return;
    this.#stream = undefined;
    this.#generation += 1;
    const { clock, random } = this.#options;
    clock.after(100 + Math.floor(random.next() * 900), () => this.#connect());
  }

  async #subscribe(generation: number): Promise<void> {
    const { network, report, obey } = this.#options;
    const answer = await network.open("/api/v1/agent", {}, report(), {
      onRecord: (record) => {
        if (generation === this.#generation && !this.#isIsolated)
          obey(JSON.parse(record) as AgentEvent);
      },
      onEnd: () => {
        if (!this.#isIsolated) this.#retry(generation);
      },
    });
    if (generation !== this.#generation) {
      if (answer.status === 200 && "cut" in answer) answer.cut();
      return;
    }
    if ("cut" in answer) this.#stream = answer;
    else this.#retry(generation);
  }

  #beat(): void {
    this.call({ type: "BEAT", sent_at: this.#options.clock.monotonicMs() });
    this.#options.clock.after(1000, () => this.#beat());
  }

  async #send(generation: number): Promise<void> {
    this.#isSending = true;
    try {
      while (this.#outbox.length > 0 && generation === this.#generation) {
        if (this.#isIsolated) return;
        const calls = this.#outbox.slice(0, 100);
        const reply = await this.#options.network.post(
          "/api/v1/agent",
          { "mesos-stream-id": this.#stream?.streamId ?? "" },
          { agent_id: this.#options.agentId() ?? "unknown", calls },
        );
        if (generation !== this.#generation) return;
        if (reply.status !== 200) throw new Error(`batch refused: ${reply.status}`);
        const { acked_seq } = JSON.parse(reply.body) as { acked_seq: number };
        // What was not acknowledged is sent again, what was is never: a repeated number changes nothing.
        this.#outbox = this.#outbox.filter((it) => (it["seq"] as number) > acked_seq);
      }
    } catch {
      if (generation === this.#generation && !this.#isIsolated) {
        this.#stream?.cut();
        this.#retry(generation);
      }
    } finally {
      if (generation === this.#generation) this.#isSending = false;
    }
  }
}
