import type { SchedulerCall } from "../../../src/api/mesos/scheduler-call.ts";
import type { SchedulerEvent } from "../../../src/api/mesos/scheduler-event.ts";
import type { TaskState } from "../../../src/api/mesos/task-status.ts";
import { isTerminalState } from "../../../src/domain/mesos/task-state.ts";

/** What a framework was told about one of its tasks, and what it answered. */
export interface TaskEntry {
  readonly taskId: string;
  /** Every state in the order told, repetitions too. */
  readonly states: readonly TaskState[];
  /** Different terminal updates (same uuid = same update), and terminal answers of the master that say something else. */
  readonly terminals: readonly TaskState[];
  /** The agent's terminal update has been acknowledged. */
  readonly isAcknowledged: boolean;
}

interface Draft {
  states: TaskState[];
  /** By uuid. */
  terminals: Map<string, TaskState>;
  /** Terminal states the master answered with, without uuid: what it knows, no update of the agent. */
  answers: Set<TaskState>;
  acknowledged: Set<string>;
}

/** All that a framework launched, was told, and acknowledged; kept over reconnections. */
export class TaskBook {
  readonly #tasks = new Map<string, Draft>();
  #subscriptions = 0;
  #subscribedAtMs = 0;

  /** How often the framework was let in. */
  get subscriptions(): number {
    return this.#subscriptions;
  }

  /** `performance.now()` of the last time. */
  get subscribedAtMs(): number {
    return this.#subscribedAtMs;
  }

  entries(): TaskEntry[] {
    return [...this.#tasks].map(([taskId, { states, terminals, answers, acknowledged }]) => {
      const told = new Set(terminals.values());
      return {
        taskId,
        states,
        terminals: [...terminals.values(), ...answers.difference(told)],
        isAcknowledged: [...terminals.keys()].some((uuid) => acknowledged.has(uuid)),
      };
    });
  }

  /** How many tasks ended in that state. */
  countEnded(state: TaskState): number {
    return this.entries().filter(({ terminals }) => terminals.includes(state)).length;
  }

  sent(call: SchedulerCall): void {
    const operations = call.accept?.operations ?? [];
    for (const { launch } of operations) {
      for (const { task_id } of launch?.task_infos ?? []) this.#draft(task_id.value);
    }
    if (call.acknowledge) {
      const { task_id, uuid } = call.acknowledge;
      this.#draft(task_id.value).acknowledged.add(uuid);
    }
  }

  received(event: SchedulerEvent): void {
    if (event.subscribed) {
      this.#subscriptions += 1;
      this.#subscribedAtMs = performance.now();
    }
    if (!event.update) return;
    const { task_id, state, uuid } = event.update.status;
    const draft = this.#draft(task_id.value);
    draft.states.push(state);
    if (!isTerminalState(state)) return;
    if (uuid === undefined) draft.answers.add(state);
    else draft.terminals.set(uuid, state);
  }

  #draft(taskId: string): Draft {
    const known = this.#tasks.get(taskId);
    if (known !== undefined) return known;
    const draft: Draft = {
      states: [],
      terminals: new Map(),
      answers: new Set(),
      acknowledged: new Set(),
    };
    this.#tasks.set(taskId, draft);
    return draft;
  }
}
