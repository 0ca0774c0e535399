import type { AgentEvent } from "../../../../src/api/agent-link/events.ts";
import type { FrameworkInfo } from "../../../../src/api/mesos/framework-info.ts";
import type { TaskInfo } from "../../../../src/api/mesos/task.ts";
import type { TaskState, TaskStatus } from "../../../../src/api/mesos/task-status.ts";
import { readResources, writeResources } from "../../../../src/domain/mesos/wire-resources.ts";
import {
  addResources,
  containsResources,
  NO_RESOURCES,
} from "../../../../src/domain/resources/arithmetic.ts";
import { formatResources } from "../../../../src/domain/resources/format-resources.ts";
import { resourcesOf } from "../../../../src/domain/resources/parse-resources.ts";
import type { Resources } from "../../../../src/domain/resources/resource.ts";
import { isTerminalState } from "../../../../src/domain/mesos/task-state.ts";
import type { Random } from "../../../../src/runtime/ports/random.ts";
import type { VirtualClock } from "../../virtual-clock.ts";
import type { SimNetwork, SimStream } from "./network.ts";

interface QueuedUpdate {
  readonly status: TaskStatus;
  readonly uuid: string;
}

interface SimTask {
  readonly frameworkId: string;
  readonly info: TaskInfo;
  readonly launchId: string;
  readonly resources: Resources;
  state: TaskState;
  lastStatus: TaskStatus | undefined;
  readonly queue: QueuedUpdate[];
}

export interface SimAgentOptions {
  readonly hostname: string;
  readonly resources: string;
  readonly network: SimNetwork;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly note: (line: string) => void;
  /** Something that must never happen did. */
  readonly violation: (what: string) => void;
  /** How long tasks run at most. */
  readonly taskMaxMs: number;
}

/**
 * An agent that keeps to spec/agent.md: one update outstanding per task until acknowledged, launches at most once by
 * launch_id, lower terms refused. Nothing of it survives in the master; everything of it survives a cut.
 */
export class SimAgent {
  readonly #options: SimAgentOptions;
  readonly #total: Resources;
  readonly #tasks = new Map<string, SimTask>();
  readonly #seenLaunches = new Set<string>();
  readonly #frameworks = new Map<string, FrameworkInfo>();
  agentId: string | undefined;
  termSeen = 0;
  startedTasks = 0;
  #stream: SimStream | undefined;
  #generation = 0;
  #seq = 0;
  #outbox: Record<string, unknown>[] = [];
  #isSending = false;
  #isAlive = true;
  #isIsolated = false;
  #isDraining = false;

  constructor(options: SimAgentOptions) {
    this.#options = options;
    this.#total = resourcesOf(options.resources);
  }

  start(): void {
    this.#connect();
    this.#beat();
  }

  /** Gone for good: nothing is sent or done any more. */
  die(): void {
    this.#isAlive = false;
    this.#stream?.cut();
  }

  /** Cut off without a word for so long: nothing arrives, nothing leaves, tasks go on. */
  isolate(forMs: number): void {
    this.#isIsolated = true;
    this.#options.clock.after(forMs, () => {
      this.#isIsolated = false;
      this.#stream?.cut();
      this.#retry(this.#generation);
    });
  }

  /** Ids of tasks that have not ended, with their frameworks. */
  liveTasks(): string[] {
    return [...this.#tasks].filter(([, task]) => !isTerminalState(task.state)).map(([key]) => key);
  }

  /** Updates that wait for an acknowledgement. */
  unacknowledged(): string[] {
    return [...this.#tasks].filter(([, task]) => task.queue.length > 0).map(([key]) => key);
  }

  get hostname(): string {
    return this.#options.hostname;
  }

  get total(): Resources {
    return this.#total;
  }

  #connect(): void {
    if (!this.#isAlive) return;
    const generation = ++this.#generation;
    this.#seq = 0;
    this.#outbox = [];
    this.#isSending = false;
    this.#subscribe(generation).catch(() => this.#retry(generation));
  }

  #retry(generation: number): void {
    if (generation !== this.#generation || !this.#isAlive) return;
    this.#stream = undefined;
    this.#generation += 1;
    const { clock, random } = this.#options;
    clock.after(100 + Math.floor(random.next() * 900), () => this.#connect());
  }

  async #subscribe(generation: number): Promise<void> {
    const { network, hostname } = this.#options;
    const answer = await network.open("/api/v1/agent", {}, this.#report(hostname), {
      onRecord: (record) => {
        if (generation === this.#generation && !this.#isIsolated)
          this.#obey(JSON.parse(record) as AgentEvent);
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

  #report(hostname: string): Record<string, unknown> {
    return {
      type: "SUBSCRIBE",
      ...(this.agentId === undefined ? {} : { agent_id: this.agentId }),
      node_uid: `node-${hostname}`,
      agent_info: {
        hostname,
        port: 5051,
        resources: writeResources(this.#total, { refined: true }),
      },
      version: "1.11.0",
      capabilities: ["MULTI_ROLE", "HIERARCHICAL_ROLE", "RESERVATION_REFINEMENT", "AGENT_DRAINING"],
      launcher: "process",
      term_seen: this.termSeen,
      frameworks: [...this.#frameworks.values()],
      tasks: [...this.#tasks.values()].map((task) => ({
        framework_id: task.frameworkId,
        executor_id: task.info.task_id.value,
        task: task.info,
        latest_state: task.state,
        ...(task.lastStatus === undefined ? {} : { status: task.lastStatus }),
        launch_id: task.launchId,
      })),
    };
  }

  #obey(event: AgentEvent): void {
    const { note, hostname } = { ...this.#options };
    if (event.term < this.termSeen) {
      note(`${hostname} refuses ${event.type} of term ${event.term}`);
      return;
    }
    this.termSeen = event.term;
    switch (event.type) {
      case "SUBSCRIBED":
        if (this.agentId !== undefined && this.agentId !== event.agent_id) {
          this.#options.violation(`${hostname} lost its id ${this.agentId}`);
        }
        this.agentId = event.agent_id;
        note(`${hostname} subscribed as ${event.agent_id}`);
        for (const missing of event.tasks) this.#answerMissing(missing);
        for (const task of this.#tasks.values()) this.#sendHead(task);
        return;
      case "RUN_TASK":
        this.#frameworks.set(event.framework_id, event.framework_info);
        this.#run(event.framework_id, event.task, event.launch_id);
        return;
      case "KILL": {
        const task = this.#tasks.get(`${event.framework_id} ${event.task_id}`);
        if (task !== undefined && !isTerminalState(task.state)) this.#update(task, "TASK_KILLED");
        return;
      }
      case "DRAIN":
        this.#isDraining = true;
        for (const task of this.#tasks.values()) {
          if (!isTerminalState(task.state)) this.#update(task, "TASK_KILLED");
        }
        return;
      case "REACTIVATE":
        this.#isDraining = false;
        return;
      case "ACKNOWLEDGE":
        this.#acknowledge(`${event.framework_id} ${event.task_id}`, event.uuid);
        return;
      case "SHUTDOWN_FRAMEWORK":
        for (const [key, task] of this.#tasks) {
          if (task.frameworkId === event.framework_id) this.#tasks.delete(key);
        }
        this.#frameworks.delete(event.framework_id);
        return;
      case "ERROR":
        note(`${hostname} is told: ${event.message}`);
        return;
      default:
        return;
    }
  }

  #run(frameworkId: string, info: TaskInfo, launchId: string): void {
    const { hostname, note, violation, clock, random, taskMaxMs } = this.#options;
    if (this.#seenLaunches.has(launchId)) return;
    this.#seenLaunches.add(launchId);
    const key = `${frameworkId} ${info.task_id.value}`;
    if (this.#tasks.has(key)) violation(`${key} was launched again on ${hostname}`);
    if (this.#isDraining) violation(`${key} was launched on ${hostname}, which drains`);
    const read = readResources(info.resources ?? []);
    if (!read.ok) {
      violation(`${key} came with ${read.error}`);
      return;
    }
    const task: SimTask = {
      frameworkId,
      info,
      launchId,
      resources: read.resources,
      state: "TASK_STAGING",
      lastStatus: undefined,
      queue: [],
    };
    this.#tasks.set(key, task);
    this.startedTasks += 1;
    note(`${hostname} runs ${key}`);
    this.#checkUse();
    this.#update(task, "TASK_RUNNING");
    clock.after(50 + Math.floor(random.next() * taskMaxMs), () => {
      if (this.#isAlive && this.#tasks.get(key) === task && !isTerminalState(task.state)) {
        this.#update(task, random.next() < 0.8 ? "TASK_FINISHED" : "TASK_FAILED");
      }
    });
  }

  #checkUse(): void {
    const used = [...this.#tasks.values()]
      .filter(({ state }) => !isTerminalState(state))
      .reduce<Resources>((sum, { resources }) => addResources(sum, resources), NO_RESOURCES);
    if (containsResources(this.#total, used)) return;
    this.#options.violation(`${this.#options.hostname} is overcommitted: ${formatResources(used)}`);
  }

  #answerMissing(missing: {
    readonly framework_id: string;
    readonly task_id: string;
    readonly partition_aware: boolean;
  }): void {
    const key = `${missing.framework_id} ${missing.task_id}`;
    if (this.#tasks.has(key)) return;
    const task: SimTask = {
      frameworkId: missing.framework_id,
      info: {
        name: missing.task_id,
        task_id: { value: missing.task_id },
        agent_id: { value: this.agentId ?? "" },
      },
      launchId: `none-${key}`,
      resources: NO_RESOURCES,
      state: "TASK_STAGING",
      lastStatus: undefined,
      queue: [],
    };
    this.#tasks.set(key, task);
    this.#update(task, missing.partition_aware ? "TASK_DROPPED" : "TASK_LOST");
  }

  #update(task: SimTask, state: TaskState): void {
    const { random, clock } = this.#options;
    task.state = state;
    const uuid = Buffer.from(random.uuid().replaceAll("-", ""), "hex").toString("base64");
    const status: TaskStatus = {
      task_id: task.info.task_id,
      state,
      source: "SOURCE_EXECUTOR",
      uuid,
      timestamp: clock.nowMs() / 1000,
    };
    task.lastStatus = status;
    task.queue.push({ status, uuid });
    if (task.queue.length === 1) this.#sendHead(task);
  }

  #sendHead(task: SimTask): void {
    const head = task.queue[0];
    if (head === undefined) return;
    this.#call({
      type: "STATUS_UPDATE",
      framework_id: task.frameworkId,
      executor_id: task.info.task_id.value,
      status: head.status,
      latest_state: task.state,
    });
    const generation = this.#generation;
    this.#options.clock.after(10_000, () => {
      if (generation === this.#generation && task.queue[0] === head) this.#sendHead(task);
    });
  }

  #acknowledge(key: string, uuid: string): void {
    const task = this.#tasks.get(key);
    if (task?.queue[0]?.uuid !== uuid) return;
    const done = task.queue.shift();
    if (task.queue.length > 0) this.#sendHead(task);
    else if (done !== undefined && isTerminalState(done.status.state)) this.#tasks.delete(key);
  }

  #beat(): void {
    if (!this.#isAlive) return;
    this.#call({ type: "BEAT", sent_at: this.#options.clock.monotonicMs() });
    this.#options.clock.after(1000, () => this.#beat());
  }

  #call(call: Record<string, unknown>): void {
    if (this.#stream === undefined || !this.#isAlive || this.#isIsolated) return;
    this.#seq += 1;
    this.#outbox.push({ ...call, seq: this.#seq });
    if (!this.#isSending) void this.#send(this.#generation);
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
          { agent_id: this.agentId ?? "unknown", calls },
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
