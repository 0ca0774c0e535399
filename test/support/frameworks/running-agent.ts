import type { AgentEvent, AgentEventOf } from "../../../src/api/agent-link/events.ts";
import type { FrameworkInfo } from "../../../src/api/mesos/framework-info.ts";
import type { TaskInfo } from "../../../src/api/mesos/task.ts";
import type { TaskState } from "../../../src/api/mesos/task-status.ts";
import { LinkAgent, type LinkAgentOptions } from "../mesos/link-agent.ts";

/** How a task ends by itself: after it ran, before it could run, or not at all. */
export type TaskFate = "finishes" | "fails" | "holds";

interface RunningTask {
  readonly frameworkId: string;
  readonly info: TaskInfo;
  readonly launchId: string;
  state: TaskState;
  /** Still to be told, each after the one before it was acknowledged. */
  readonly next: TaskState[];
  /** An update is on its way that was not acknowledged yet. */
  isTelling: boolean;
}

const BEAT_MS = 500;
const SILENCE_MAX_MS = 60_000;

/** An agent over real HTTP whose tasks run, end as their fate is, and can be killed. */
export class RunningAgent {
  readonly link: LinkAgent;
  readonly tasks = new Map<string, RunningTask>();
  readonly launched: TaskInfo[] = [];
  readonly #fateOf: (task: TaskInfo) => TaskFate;
  readonly #frameworks = new Map<string, FrameworkInfo>();
  readonly #beats: NodeJS.Timeout;
  #isClosed = false;
  #updates = 0;
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(link: LinkAgent, fateOf: (task: TaskInfo) => TaskFate) {
    this.link = link;
    this.#fateOf = fateOf;
    this.#beats = setInterval(() => this.#tell(() => this.link.beat()), BEAT_MS);
    void this.#listen();
  }

  static async subscribe(
    port: number,
    options: LinkAgentOptions & { readonly fateOf?: (task: TaskInfo) => TaskFate } = {},
  ): Promise<RunningAgent> {
    const { fateOf = () => "finishes" as const, ...link } = options;
    return new RunningAgent(await LinkAgent.subscribe(port, link), fateOf);
  }

  /** What an agent that comes back says of itself and of what runs on it. */
  async returning(): Promise<LinkAgentOptions> {
    return {
      agentId: await this.link.agentId(),
      frameworks: [...this.#frameworks.values()],
      tasks: [...this.tasks.values()].map((task) => ({
        framework_id: task.frameworkId,
        executor_id: task.info.task_id.value,
        task: task.info,
        latest_state: task.state,
        launch_id: task.launchId,
      })),
    };
  }

  /** The task ends, once what was told of it before is acknowledged. */
  end(taskId: string, state: TaskState): void {
    const task = this.tasks.get(taskId);
    if (task?.isTelling === true) task.next.push(state);
    else if (task !== undefined) this.#move(task, state);
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#beats);
    this.link.close();
  }

  async #listen(): Promise<void> {
    for (let at = 0; !this.#isClosed; at += 1) {
      const seen = await this.link.stream
        .until(() => this.link.events()[at], "event", SILENCE_MAX_MS)
        .catch(() => undefined);
      if (seen === undefined) return;
      this.#obey(seen);
    }
  }

  #obey(event: AgentEvent): void {
    switch (event.type) {
      case "RUN_TASK":
        this.#frameworks.set(event.framework_id, event.framework_info);
        this.#run(event.framework_id, event.launch_id, event.task);
        return;
      case "RUN_GROUP":
        this.#frameworks.set(event.framework_id, event.framework_info);
        for (const task of event.tasks) this.#run(event.framework_id, event.launch_id, task);
        return;
      case "KILL":
        this.end(event.task_id, "TASK_KILLED");
        return;
      case "ACKNOWLEDGE":
        this.#acknowledged(event.task_id);
        return;
      case "APPLY_OPERATION":
        this.#applied(event);
        return;
      case "SHUTDOWN_FRAMEWORK":
        this.tasks.clear();
        return;
      default:
        return;
    }
  }

  #run(frameworkId: string, launchId: string, info: TaskInfo): void {
    this.launched.push(info);
    const fate = this.#fateOf(info);
    const next: TaskState[] =
      fate === "holds" ? [] : [fate === "fails" ? "TASK_FAILED" : "TASK_FINISHED"];
    const task: RunningTask = {
      frameworkId,
      launchId,
      info,
      state: "TASK_STAGING",
      next,
      isTelling: false,
    };
    this.tasks.set(info.task_id.value, task);
    this.#move(task, "TASK_RUNNING");
  }

  #acknowledged(taskId: string): void {
    const task = this.tasks.get(taskId);
    if (task === undefined) return;
    task.isTelling = false;
    const next = task.next.shift();
    if (next !== undefined) this.#move(task, next);
    else if (task.state !== "TASK_RUNNING") this.tasks.delete(taskId);
  }

  #move(task: RunningTask, state: TaskState): void {
    task.state = state;
    task.isTelling = true;
    this.#updates += 1;
    const uuid = `u${this.#updates}`;
    this.#tell(() => this.link.update(task.frameworkId, task.info.task_id.value, state, uuid));
  }

  #applied({ framework_id, operation_uuid }: AgentEventOf<"APPLY_OPERATION">): void {
    this.#updates += 1;
    const uuid = Buffer.from(`o${this.#updates}`.padEnd(16, "-")).toString("base64");
    this.#tell(() =>
      this.link.call({
        type: "OPERATION_STATUS",
        ...(framework_id === undefined ? {} : { framework_id }),
        operation_uuid,
        status: { state: "OPERATION_FINISHED", uuid: { value: uuid } },
      }),
    );
  }

  /** One call after the other; what fails when the master goes is of no interest. */
  #tell(call: () => Promise<unknown>): void {
    this.#queue = this.#queue
      .then(() => (this.#isClosed ? undefined : call()))
      .catch(() => undefined);
  }
}
