import type { TaskState, TaskStatus } from "../../../../src/api/mesos/task-status.ts";
import type { Random } from "../../../../src/runtime/ports/random.ts";
import type { VirtualClock } from "../../virtual-clock.ts";
import type { SimAgentLink } from "./sim-agent-link.ts";
import type { SimTask } from "./sim-task.ts";

const RESEND_MS = 10_000;

/** Tells of tasks in order: one update outstanding per task, sent again until it is acknowledged. */
export class SimUpdates {
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #link: SimAgentLink;

  constructor(clock: VirtualClock, random: Random, link: SimAgentLink) {
    this.#clock = clock;
    this.#random = random;
    this.#link = link;
  }

  move(task: SimTask, state: TaskState): void {
    task.state = state;
    const uuid = Buffer.from(this.#random.uuid().replaceAll("-", ""), "hex").toString("base64");
    const status: TaskStatus = {
      task_id: task.info.task_id,
      state,
      source: "SOURCE_EXECUTOR",
      uuid,
      timestamp: this.#clock.nowMs() / 1000,
    };
    task.lastStatus = status;
    task.queue.push({ status, uuid });
    if (task.queue.length === 1) this.sendHead(task);
  }

  sendHead(task: SimTask): void {
    const head = task.queue[0];
    if (head === undefined) return;
    this.#link.call({
      type: "STATUS_UPDATE",
      framework_id: task.frameworkId,
      executor_id: task.info.task_id.value,
      status: head.status,
      latest_state: task.state,
    });
    const { generation } = this.#link;
    this.#clock.after(RESEND_MS, () => {
      if (generation === this.#link.generation && task.queue[0] === head) this.sendHead(task);
    });
  }

  /** Gives the status that is over with it; undefined when another is outstanding. */
  acknowledge(task: SimTask, uuid: string): TaskStatus | undefined {
    if (task.queue[0]?.uuid !== uuid) return undefined;
    const done = task.queue.shift();
    this.sendHead(task);
    return done?.status;
  }
}
