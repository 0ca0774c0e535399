import type { AgentCall, CallBatch, SubscribeCall } from "../../../src/api/agent-link/calls.ts";
import type { AgentEvent } from "../../../src/api/agent-link/events.ts";
import type { Resource } from "../../../src/api/mesos/resource.ts";
import { OperatingError } from "../../../src/api/errors/operating-error.ts";
import type { LinkStream, MasterLink } from "../../../src/services/agent/ports.ts";
import { AGENT_ID } from "./http-master.ts";

interface Open {
  readonly push: (event: AgentEvent) => void;
  readonly cut: () => void;
}

/** A master's end of the link in memory: every stream and batch is kept, faults are switched on by the test. */
export class FakeLink implements MasterLink {
  readonly subscriptions: SubscribeCall[] = [];
  readonly calls: AgentCall[] = [];
  /** While set, nobody answers. */
  isDown = false;
  /** While set, batches arrive and their answer is lost. */
  losesAnswers = false;
  term = 1;
  /** Said in SUBSCRIBED. */
  tasks: { framework_id: string; task_id: string; partition_aware: boolean }[] = [];
  /** Reservations that the master remembers for the agent. */
  checkpointed: Resource[] | undefined;
  #open: Open | undefined;
  #ackedSeq = 0;

  open(call: SubscribeCall, { signal }: { signal: AbortSignal }): Promise<LinkStream> {
    this.subscriptions.push(call);
    if (this.isDown) return Promise.reject(unavailable());
    const { stream, events } = eventQueue(signal);
    this.#open = stream;
    this.#ackedSeq = 0;
    this.push({
      type: "SUBSCRIBED",
      term: this.term,
      agent_id: call.agent_id ?? AGENT_ID,
      beat_interval_ms: 1_000,
      lease_ms: 4_000,
      master_info: { id: "m", ip: 0, port: 5050 },
      tasks: this.tasks,
      ...(this.checkpointed === undefined ? {} : { checkpointed_resources: this.checkpointed }),
    });
    const send = (batch: CallBatch): Promise<{ acked_seq: number }> => this.#take(batch);
    return Promise.resolve({ events, send });
  }

  push(event: AgentEvent): void {
    this.#open?.push(event);
  }

  cut(): void {
    this.#open?.cut();
    this.#open = undefined;
  }

  of<T extends AgentCall["type"]>(type: T): Extract<AgentCall, { type: T }>[] {
    return this.calls.filter((call): call is Extract<AgentCall, { type: T }> => call.type === type);
  }

  #take(batch: CallBatch): Promise<{ acked_seq: number }> {
    if (this.isDown) return Promise.reject(unavailable());
    // A repeated number changes nothing.
    this.calls.push(...batch.calls.filter((call) => call.seq > this.#ackedSeq));
    this.#ackedSeq = Math.max(this.#ackedSeq, batch.calls.at(-1)?.seq ?? 0);
    return this.losesAnswers
      ? Promise.reject(unavailable())
      : Promise.resolve({ acked_seq: this.#ackedSeq });
  }
}

function eventQueue(signal: AbortSignal): { stream: Open; events: AsyncIterable<AgentEvent> } {
  const queued: AgentEvent[] = [];
  let isCut = false;
  let wake: () => void = () => undefined;
  const cut = (): void => {
    isCut = true;
    wake();
  };
  signal.addEventListener("abort", cut, { once: true });
  async function* events(): AsyncGenerator<AgentEvent> {
    for (;;) {
      const next = queued.shift();
      if (next !== undefined) yield next;
      else if (isCut) return;
      else await new Promise<void>((resolve) => (wake = resolve));
    }
  }
  const push = (event: AgentEvent): void => {
    queued.push(event);
    wake();
  };
  return { stream: { push, cut }, events: events() };
}

function unavailable(): OperatingError {
  return new OperatingError("MASTER_UNAVAILABLE", "nobody answers");
}
