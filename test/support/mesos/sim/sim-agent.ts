import type { AgentEvent } from "../../../../src/api/agent-link/events.ts";
import type { FrameworkInfo } from "../../../../src/api/mesos/framework-info.ts";
import type { TaskInfo } from "../../../../src/api/mesos/task.ts";
import { readResources, writeResources } from "../../../../src/domain/mesos/wire-resources.ts";
import { containsResources } from "../../../../src/domain/resources/arithmetic.ts";
import { formatResources } from "../../../../src/domain/resources/format-resources.ts";
import { resourcesOf } from "../../../../src/domain/resources/parse-resources.ts";
import type { Resources } from "../../../../src/domain/resources/resource.ts";
import { isTerminalState } from "../../../../src/domain/mesos/task-state.ts";
import type { Random } from "../../../../src/runtime/ports/random.ts";
import type { VirtualClock } from "../../virtual-clock.ts";
import type { SimNetwork } from "./network.ts";
import { SimAgentLink } from "./sim-agent-link.ts";
import { SimOperations } from "./sim-operations.ts";
import {
  askedTask,
  type AskedTask,
  makeSimTask,
  reported,
  resourcesInUse,
  type SimTask,
} from "./sim-task.ts";
import { SimUpdates } from "./sim-updates.ts";

export interface SimAgentOptions {
  readonly hostname: string;
  /** How long a task runs before it finishes; Infinity = until it is killed. Absent: by chance, and some fail. */
  readonly lifeMsOf?: (task: TaskInfo) => number;
  readonly resources: string;
  readonly network: SimNetwork;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly note: (line: string) => void;
  /** Something that must never happen did. */
  readonly violation: (what: string) => void;
  /** How long tasks run at most. */
  readonly taskMaxMs: number;
  /** Absent: it tells nothing of operations; else whether it remembers its reservations itself. */
  readonly reservations?: "onDisk" | "atMaster";
}

/**
 * An agent that keeps to spec/agent.md: one update outstanding per task until acknowledged, launches at most once by
 * launch_id, lower terms refused. Nothing of it survives in the master; everything of it survives a cut.
 */
export class SimAgent {
  readonly hostname: string;
  readonly total: Resources;
  readonly #options: SimAgentOptions;
  readonly #tasks = new Map<string, SimTask>();
  readonly #seenLaunches = new Set<string>();
  readonly #frameworks = new Map<string, FrameworkInfo>();
  readonly #link: SimAgentLink;
  readonly #updates: SimUpdates;
  readonly operations: SimOperations | undefined;
  agentId: string | undefined;
  termSeen = 0;
  startedTasks = 0;
  #isDraining = false;

  constructor(options: SimAgentOptions) {
    this.#options = options;
    this.hostname = options.hostname;
    this.total = resourcesOf(options.resources);
    this.#link = new SimAgentLink({
      ...options,
      agentId: () => this.agentId,
      report: () => this.#report(),
      obey: (event) => this.#obey(event),
    });
    this.#updates = new SimUpdates(options.clock, options.random, this.#link);
    this.operations =
      options.reservations === undefined
        ? undefined
        : new SimOperations({
            ...options,
            link: this.#link,
            agentId: () => this.agentId,
            hasDisk: options.reservations === "onDisk",
          });
  }

  start(): void {
    this.#link.start();
  }

  /** Cut off without a word for so long: nothing arrives, nothing leaves, tasks go on. */
  isolate(forMs: number): void {
    this.#link.isolate(forMs);
  }

  /** Ids of tasks that have not ended, with their frameworks. */
  liveTasks(): string[] {
    return [...this.#tasks].filter(([, task]) => !isTerminalState(task.state)).map(([key]) => key);
  }

  /** Updates that wait for an acknowledgement. */
  unacknowledged(): string[] {
    return [...this.#tasks].filter(([, task]) => task.queue.length > 0).map(([key]) => key);
  }

  #report(): Record<string, unknown> {
    const { hostname } = this;
    const resources = writeResources(this.total, { refined: true });
    return {
      type: "SUBSCRIBE",
      ...(this.agentId === undefined ? {} : { agent_id: this.agentId }),
      node_uid: `node-${hostname}`,
      agent_info: { hostname, port: 5051, resources },
      version: "1.11.0",
      capabilities: [
        "MULTI_ROLE",
        "HIERARCHICAL_ROLE",
        "RESERVATION_REFINEMENT",
        "AGENT_DRAINING",
        ...(this.operations === undefined ? [] : ["AGENT_OPERATION_FEEDBACK"]),
      ],
      ...this.operations?.report(),
      launcher: "process",
      term_seen: this.termSeen,
      frameworks: [...this.#frameworks.values()],
      tasks: [...this.#tasks.values()].map(reported),
    };
  }

  #obey(event: AgentEvent): void {
    const { hostname } = this;
    const { note, violation } = this.#options;
    if (event.term < this.termSeen) {
      note(`${hostname} refuses ${event.type} of term ${event.term}`);
      return;
    }
    this.termSeen = event.term;
    switch (event.type) {
      case "SUBSCRIBED":
        if (this.agentId !== undefined && this.agentId !== event.agent_id) {
          violation(`${hostname} lost its id ${this.agentId}`);
        }
        this.agentId = event.agent_id;
        note(`${hostname} subscribed as ${event.agent_id}`);
        for (const missing of event.tasks) this.#answerMissing(missing);
        for (const task of this.#tasks.values()) this.#updates.sendHead(task);
        this.operations?.subscribed(event.checkpointed_resources);
        return;
      case "APPLY_OPERATION":
        this.operations?.apply(event);
        return;
      case "ACKNOWLEDGE_OPERATION":
        this.operations?.acknowledge(event);
        return;
      case "RUN_TASK":
        this.#frameworks.set(event.framework_id, event.framework_info);
        this.#run(event.framework_id, event.task, event.launch_id);
        return;
      case "KILL": {
        const task = this.#tasks.get(`${event.framework_id} ${event.task_id}`);
        if (task !== undefined) this.#kill(task);
        return;
      }
      case "SHUTDOWN_EXECUTOR": {
        // Executors of command tasks alone: each has its task's id.
        const task = this.#tasks.get(`${event.framework_id} ${event.executor_id}`);
        if (task !== undefined) this.#kill(task);
        return;
      }
      case "DRAIN":
        this.#isDraining = true;
        for (const task of this.#tasks.values()) this.#kill(task);
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
    const { hostname, note, violation, clock, random, taskMaxMs, lifeMsOf } = this.#options;
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
    const unknown = this.operations?.unknown(info.resources);
    if (unknown !== undefined && this.#options.reservations === "onDisk") {
      violation(`${key} uses ${unknown}, which ${hostname} does not have`);
    }
    const task = makeSimTask({ frameworkId, info, launchId, resources: read.resources });
    this.#tasks.set(key, task);
    this.startedTasks += 1;
    note(`${hostname} runs ${key}`);
    this.#checkUse();
    this.#updates.move(task, "TASK_RUNNING");
    const lifeMs = lifeMsOf?.(info) ?? 50 + Math.floor(random.next() * taskMaxMs);
    if (lifeMs === Infinity) return;
    clock.after(lifeMs, () => {
      if (this.#tasks.get(key) !== task || isTerminalState(task.state)) return;
      const isFinished = lifeMsOf !== undefined || random.next() < 0.8;
      this.#updates.move(task, isFinished ? "TASK_FINISHED" : "TASK_FAILED");
    });
  }

  #kill(task: SimTask): void {
    if (!isTerminalState(task.state)) this.#updates.move(task, "TASK_KILLED");
  }

  #checkUse(): void {
    const used = resourcesInUse(this.#tasks.values());
    const isHere = this.#options.reservations !== "atMaster";
    // Where the master remembers, what a task uses may be on its way to the agent.
    const total = isHere ? (this.operations?.totalOf(this.total) ?? this.total) : undefined;
    if (total === undefined || containsResources(total, used)) return;
    this.#options.violation(`${this.hostname} is overcommitted: ${formatResources(used)}`);
  }

  #answerMissing(missing: AskedTask): void {
    const key = `${missing.framework_id} ${missing.task_id}`;
    if (this.#tasks.has(key)) return;
    const task = askedTask(missing, this.agentId ?? "");
    this.#tasks.set(key, task);
    this.#updates.move(task, missing.partition_aware ? "TASK_DROPPED" : "TASK_LOST");
  }

  #acknowledge(key: string, uuid: string): void {
    const task = this.#tasks.get(key);
    if (task === undefined) return;
    const told = this.#updates.acknowledge(task, uuid);
    const isLast = told !== undefined && task.queue.length === 0;
    if (isLast && isTerminalState(told.state)) this.#tasks.delete(key);
  }
}
