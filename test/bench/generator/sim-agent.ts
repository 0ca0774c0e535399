import type { AgentEvent } from "../../../src/api/agent-link/events.ts";
import { agentSubscribe } from "../workloads/mesos-traffic.ts";
import { type Calls, type OpenStream, openStream } from "./wire.ts";

const PATH = "/api/v1/agent";
const BATCH_CALLS_MAX = 200;

/** Hears what one agent is told and asked. */
export interface AgentListener {
  onLaunch(agent: SimAgent, frameworkId: string, taskId: string): void;
  onAcknowledged(): void;
}

/** An agent whose tasks are entries in a list: it says that they run and end, and beats. */
export class SimAgent {
  readonly hostname: string;
  readonly #port: number;
  readonly #calls: Calls;
  readonly #listener: AgentListener;
  #stream: OpenStream | undefined;
  #agentId = "";
  #beatMs = 1000;
  #lastCallMs = 0;
  #seq = 0;
  #waiting: object[] = [];
  #isPosting = false;

  constructor(hostname: string, port: number, calls: Calls, listener: AgentListener) {
    this.hostname = hostname;
    this.#port = port;
    this.#calls = calls;
    this.#listener = listener;
  }

  get id(): string {
    return this.#agentId;
  }

  /** Resolves when the master has told it its id. */
  async subscribe(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const body = JSON.stringify(agentSubscribe(this.hostname));
    this.#stream = await openStream(this.#port, PATH, body, (record) => {
      const event = JSON.parse(Buffer.from(record).toString("latin1")) as AgentEvent;
      if (event.type === "SUBSCRIBED") {
        this.#agentId = event.agent_id;
        this.#beatMs = event.beat_interval_ms;
        resolve(undefined);
      } else if (event.type === "RUN_TASK") {
        this.#listener.onLaunch(this, event.framework_id, event.task.task_id.value);
      } else if (event.type === "ACKNOWLEDGE") this.#listener.onAcknowledged();
    });
    await promise;
    this.#lastCallMs = performance.now();
  }

  /** Says something unless it has within a beat. */
  beat(nowMs: number): void {
    if (this.#agentId === "" || nowMs - this.#lastCallMs < this.#beatMs || this.#isPosting) return;
    this.#say({ type: "BEAT", sent_at: Math.round(nowMs) });
  }

  update(frameworkId: string, taskId: string, state: string, uuid: string): void {
    this.#say({
      type: "STATUS_UPDATE",
      framework_id: frameworkId,
      executor_id: taskId,
      status: {
        task_id: { value: taskId },
        state,
        source: "SOURCE_EXECUTOR",
        uuid,
        timestamp: Date.now() / 1000,
      },
      latest_state: state,
    });
  }

  /** Leaves for good. */
  goodbye(): void {
    this.#say({ type: "GOODBYE", reason: "remove", within_ms: 0 });
  }

  #say(call: object): void {
    this.#waiting.push({ seq: ++this.#seq, ...call });
    // What comes up in the same turn goes into the same batch.
    if (!this.#isPosting) {
      this.#isPosting = true;
      queueMicrotask(() => void this.#post());
    }
  }

  /** One batch at a time, so that numbers arrive in order. */
  async #post(): Promise<void> {
    while (this.#waiting.length > 0) {
      const calls = this.#waiting.splice(0, BATCH_CALLS_MAX);
      const body = JSON.stringify({ agent_id: this.#agentId, calls });
      const isUpdate = calls.some((call) => "status" in call);
      this.#lastCallMs = performance.now();
      await this.#calls.post(
        PATH,
        this.#stream?.streamId ?? "",
        body,
        isUpdate ? "update" : undefined,
      );
    }
    this.#isPosting = false;
  }
}
