import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { agentCall, callBatch, subscribeCall } from "../../../src/api/agent-link/calls.ts";
import type { AgentCall, SubscribeCall } from "../../../src/api/agent-link/calls.ts";
import { type AgentEvent, agentEvent } from "../../../src/api/agent-link/events.ts";
import type { TaskInfo } from "../../../src/api/mesos/task.ts";
import type { TaskState, TaskStatus } from "../../../src/api/mesos/task-status.ts";
import { encodeAsciiRecord } from "../../../src/api/record-io/record-io.ts";
import { isTerminalState } from "../../../src/domain/mesos/task-state.ts";
import { Changes } from "../changes.ts";

export interface HttpMasterOptions {
  readonly acknowledges?: boolean;
  readonly beatIntervalMs?: number;
  readonly port?: number;
}

/**
 * A master that speaks the agent link over real HTTP and knows just enough of its duties: it numbers the agent, books
 * tasks, moves them by `latest_state`, acknowledges updates, and asks at each subscription about tasks the agent did not
 * list. Used where the real engine would hide what the agent said.
 */
export class HttpMaster {
  readonly subscriptions: SubscribeCall[] = [];
  readonly calls: AgentCall[] = [];
  /** Statuses with a uuid in the order of their first arrival, by task. */
  readonly updates = new Map<string, TaskStatus[]>();
  readonly #seen = new Set<string>();
  readonly #tasks = new Set<string>();
  readonly #terminal = new Set<string>();
  readonly #options: HttpMasterOptions;
  readonly #server: Server;
  readonly #changes = new Changes();
  #stream: ServerResponse | undefined;
  #streamId = 0;
  #term = 1;

  constructor(options: HttpMasterOptions = {}) {
    this.#options = options;
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) =>
      this.#server.listen(this.#options.port ?? 0, "127.0.0.1", resolve),
    );
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  get isConnected(): boolean {
    return this.#stream !== undefined;
  }

  /** Cuts the stream, as a crash would. */
  cut(): void {
    this.#stream?.destroy();
    this.#stream = undefined;
  }

  send(event: AgentEvent): void {
    agentEvent.parse(event);
    this.#stream?.write(encodeAsciiRecord(JSON.stringify(event)));
  }

  get term(): number {
    return this.#term;
  }

  launch(task: TaskInfo, launchId = `launch-${task.task_id.value}`): void {
    this.#tasks.add(task.task_id.value);
    this.send({ ...runTask(task, launchId), term: this.#term });
  }

  launchGroup(executorId: string, tasks: readonly TaskInfo[]): void {
    for (const task of tasks) this.#tasks.add(task.task_id.value);
    this.send({ ...runGroup(executorId, tasks), term: this.#term });
  }

  kill(taskId: string, graceMs?: number): void {
    this.send({
      type: "KILL",
      term: this.#term,
      framework_id: FRAMEWORK_ID,
      task_id: taskId,
      ...(graceMs === undefined
        ? {}
        : { kill_policy: { grace_period: { nanoseconds: graceMs * 1e6 } } }),
    });
  }

  acknowledge(status: TaskStatus): void {
    if (status.uuid === undefined) return;
    this.send({
      type: "ACKNOWLEDGE",
      term: this.#term,
      framework_id: FRAMEWORK_ID,
      task_id: status.task_id.value,
      uuid: status.uuid,
    });
  }

  /** The last status of a task, as `STATE reason: message`. */
  lastWords(taskId: string): string {
    const last = this.updates.get(taskId)?.at(-1);
    return `${last?.state ?? ""} ${last?.reason ?? ""}: ${last?.message ?? ""}`;
  }

  hasEnded(taskId: string): boolean {
    const last = this.states(taskId).at(-1);
    return last !== undefined && isTerminalState(last);
  }

  states(taskId: string): readonly TaskState[] {
    return (this.updates.get(taskId) ?? []).map((status) => status.state);
  }

  /**
   * Does what breaks the link, and waits for the agent to subscribe anew. `isConnected` alone may still be the link that just broke:
   * what is sent into it is lost.
   */
  async untilBack(breakLink: () => Promise<void>): Promise<void> {
    const { length } = this.subscriptions;
    await breakLink();
    await this.until(() => this.subscriptions.length > length, "subscribed anew", 60_000);
  }

  /** Resolves when `done` holds, looked at after each message. @throws {Error} after `timeoutMs`. */
  async until(done: () => boolean, what: string, timeoutMs = 20_000): Promise<void> {
    await this.#changes.until(what, done, { timeoutMs });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString("utf8"));
    if (request.headers["mesos-stream-id"] === undefined) this.#subscribe(body, response);
    else if (request.headers["mesos-stream-id"] !== String(this.#streamId)) {
      response.writeHead(403).end("superseded");
    } else {
      const batch = callBatch.parse(body);
      for (const call of batch.calls) this.#take(agentCall.parse(call));
      const acked = batch.calls.at(-1)?.seq ?? 0;
      response.writeHead(200).end(JSON.stringify({ acked_seq: acked }));
    }
    this.#changes.tell();
  }

  #subscribe(body: unknown, response: ServerResponse): void {
    const call = subscribeCall.parse(body);
    this.subscriptions.push(call);
    this.#stream?.end();
    this.#streamId += 1;
    this.#stream = response;
    response.on("close", () => {
      if (this.#stream === response) this.#stream = undefined;
    });
    response.writeHead(200, { "mesos-stream-id": String(this.#streamId) });
    const listed = new Set(call.tasks.map((task) => task.task.task_id.value));
    const unknown = [...this.#tasks].filter((id) => !listed.has(id) && !this.#terminal.has(id));
    this.send({
      type: "SUBSCRIBED",
      term: this.#term,
      agent_id: call.agent_id ?? AGENT_ID,
      beat_interval_ms: this.#options.beatIntervalMs ?? 1_000,
      lease_ms: 4_000,
      master_info: { id: "master", ip: 0, port: 5050 },
      tasks: unknown.map((id) => ({
        framework_id: FRAMEWORK_ID,
        task_id: id,
        partition_aware: true,
      })),
    });
  }

  #take(call: AgentCall): void {
    this.calls.push(call);
    if (call.type !== "STATUS_UPDATE" || call.status.uuid === undefined) return;
    const taskId = call.status.task_id.value;
    if (!this.#seen.has(call.status.uuid)) {
      this.#seen.add(call.status.uuid);
      this.updates.set(taskId, [...(this.updates.get(taskId) ?? []), call.status]);
      if (isTerminalState(call.status.state)) this.#terminal.add(taskId);
    }
    if (this.#options.acknowledges !== false) this.acknowledge(call.status);
  }
}

export const AGENT_ID = "00000000-0000-4000-8000-000000000001-S0";
export const FRAMEWORK_ID = "00000000-0000-4000-8000-000000000001-0000";
export const FRAMEWORK = {
  name: "test",
  user: "root",
  checkpoint: true,
  capabilities: [{ type: "PARTITION_AWARE" as const }, { type: "TASK_KILLING_STATE" as const }],
};

/** A launch of the test's framework; the term is the master's. */
export function runTask(
  task: TaskInfo,
  launchId: string,
): Omit<Extract<AgentEvent, { readonly type: "RUN_TASK" }>, "term"> {
  return {
    type: "RUN_TASK",
    launch_id: launchId,
    framework_id: FRAMEWORK_ID,
    framework_info: FRAMEWORK,
    devices: [],
    generation: 0,
    task,
  };
}

/** A launch of a group under a default executor of the test's framework; the term is the master's. */
export function runGroup(
  executorId: string,
  tasks: readonly TaskInfo[],
): Omit<Extract<AgentEvent, { readonly type: "RUN_GROUP" }>, "term"> {
  return {
    type: "RUN_GROUP",
    launch_id: `launch-${executorId}`,
    framework_id: FRAMEWORK_ID,
    framework_info: FRAMEWORK,
    devices: [],
    generation: 0,
    executor: { executor_id: { value: executorId }, type: "DEFAULT" },
    tasks: [...tasks],
  };
}

/** A command task; resources in Mesos' units. */
export function commandTask(id: string, command: string, more: Partial<TaskInfo> = {}): TaskInfo {
  return {
    name: id,
    task_id: { value: id },
    agent_id: { value: AGENT_ID },
    resources: [
      { name: "cpus", type: "SCALAR", scalar: { value: 0.1 } },
      { name: "mem", type: "SCALAR", scalar: { value: 32 } },
    ],
    command: { value: command },
    ...more,
  };
}
