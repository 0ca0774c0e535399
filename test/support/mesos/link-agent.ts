import type { AgentEvent } from "../../../src/api/agent-link/events.ts";
import type { TaskState } from "../../../src/api/mesos/task-status.ts";
import { writeResources } from "../../../src/domain/mesos/wire-resources.ts";
import { resourcesOf } from "../../../src/domain/resources/parse-resources.ts";
import { wire } from "./operations.ts";
import { exchange, RecordStream } from "./record-stream.ts";

const JSON_HEADERS = { "Content-Type": "application/json" };

export interface LinkAgentOptions {
  readonly hostname?: string;
  /** Text notation. */
  readonly resources?: string;
  readonly agentId?: string;
  readonly nodeUid?: string;
  readonly attributes?: readonly unknown[];
  readonly tasks?: readonly unknown[];
  readonly frameworks?: readonly unknown[];
  readonly capabilities?: readonly string[];
  /** Reservations and volumes in text notation; absent: it remembers none. */
  readonly checkpointed?: string;
  /** With the first request, e.g. credentials. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An agent over real HTTP that does what a test tells it; it beats by hand. */
export class LinkAgent {
  readonly stream: RecordStream;
  readonly #port: number;
  #seq = 0;

  private constructor(port: number, stream: RecordStream) {
    this.#port = port;
    this.stream = stream;
  }

  static async subscribe(port: number, options: LinkAgentOptions = {}): Promise<LinkAgent> {
    const resources = resourcesOf(
      options.resources ?? "cpus:4;mem:4096;disk:1000;ports:[31000-32000]",
    );
    const body = {
      type: "SUBSCRIBE",
      ...(options.agentId === undefined ? {} : { agent_id: options.agentId }),
      ...(options.nodeUid === undefined ? {} : { node_uid: options.nodeUid }),
      agent_info: {
        hostname: options.hostname ?? "agent-1",
        port: 5051,
        resources: writeResources(resources, { refined: true }),
        attributes: options.attributes ?? [],
      },
      version: "1.11.0",
      capabilities: options.capabilities ?? [
        "MULTI_ROLE",
        "HIERARCHICAL_ROLE",
        "RESERVATION_REFINEMENT",
      ],
      ...(options.checkpointed === undefined
        ? {}
        : { checkpointed_resources: wire(options.checkpointed), makes_volumes: true }),
      launcher: "process",
      tasks: options.tasks ?? [],
      frameworks: options.frameworks ?? [],
    };
    const stream = await RecordStream.open(
      port,
      "/api/v1/agent",
      { ...JSON_HEADERS, ...options.headers },
      JSON.stringify(body),
    );
    return new LinkAgent(port, stream);
  }

  events(): AgentEvent[] {
    return this.stream.events() as unknown as AgentEvent[];
  }

  event<T extends AgentEvent["type"]>(
    type: T,
    matches: (event: Extract<AgentEvent, { type: T }>) => boolean = () => true,
  ): Promise<Extract<AgentEvent, { type: T }>> {
    return this.stream.until(
      () =>
        this.events().find(
          (event): event is Extract<AgentEvent, { type: T }> =>
            event.type === type && matches(event as Extract<AgentEvent, { type: T }>),
        ),
      `${type} event`,
    );
  }

  async agentId(): Promise<string> {
    return (await this.event("SUBSCRIBED")).agent_id;
  }

  /** One call; gives the number that the master acknowledged. */
  async call(call: Readonly<Record<string, unknown>>): Promise<number> {
    this.#seq += 1;
    const answer = await exchange(this.#port, "/api/v1/agent", {
      headers: {
        ...JSON_HEADERS,
        "Mesos-Stream-Id": String(this.stream.headers["mesos-stream-id"]),
      },
      body: JSON.stringify({
        agent_id: await this.agentId(),
        calls: [{ seq: this.#seq, ...call }],
      }),
    });
    if (answer.status !== 200) throw new Error(`${answer.status} ${answer.body}`);
    return (JSON.parse(answer.body) as { acked_seq: number }).acked_seq;
  }

  beat(): Promise<number> {
    return this.call({ type: "BEAT", sent_at: 0 });
  }

  /** An update with a uuid: to be acknowledged. */
  update(frameworkId: string, taskId: string, state: TaskState, uuid: string): Promise<number> {
    return this.call({
      type: "STATUS_UPDATE",
      framework_id: frameworkId,
      status: {
        task_id: { value: taskId },
        state,
        source: "SOURCE_EXECUTOR",
        uuid: Buffer.from(uuid.padEnd(16, "-").slice(0, 16)).toString("base64"),
        timestamp: 1,
      },
      latest_state: state,
    });
  }

  close(): void {
    this.stream.close();
  }
}
