import type { SchedulerCall } from "../../../src/api/mesos/scheduler-call.ts";
import type { SchedulerEvent } from "../../../src/api/mesos/scheduler-event.ts";
import type { TaskInfo } from "../../../src/api/mesos/task.ts";
import type { TaskState, TaskStatus } from "../../../src/api/mesos/task-status.ts";
import {
  advancePattern,
  patternLogic,
} from "../../../src/domain/frameworks/pattern/advance-pattern.ts";
import {
  type PatternState,
  startPattern,
} from "../../../src/domain/frameworks/pattern/pattern-state.ts";
import type { PatternOptions } from "../../../src/domain/frameworks/patterns/pattern-options.ts";
import { type PatternName, PATTERNS } from "../../../src/domain/frameworks/patterns/patterns.ts";
import { makeOffer, offersEvent, subscribedEvent, updateEvent } from "./offers.ts";

/** A pattern under the hands of a test: what it is told, and what it said to that. */
export class PatternPlay {
  readonly #spec;
  state: PatternState;
  nowMs = 0;
  calls: readonly SchedulerCall[] = [];
  lines: readonly string[] = [];

  constructor(
    name: PatternName,
    options: Partial<PatternOptions> = {},
    homes: "kept" | "notKept" = "kept",
  ) {
    this.#spec = PATTERNS[name]({
      name,
      role: "r",
      executors: "task",
      binDir: "",
      ...options,
    });
    this.state = startPattern("inc", homes === "kept" ? new Map() : undefined);
  }

  tell(...events: readonly SchedulerEvent[]): this {
    for (const event of events) this.#step({ kind: "event", event, nowMs: this.nowMs });
    return this;
  }

  /** Subscribed, and told all that the master knows: nothing, or `known`. */
  subscribe(...known: readonly SchedulerEvent[]): this {
    return this.tell(
      subscribedEvent,
      ...known,
      updateEvent("reconciliation-probe.inc", "TASK_UNKNOWN"),
    );
  }

  advance(byMs: number): this {
    this.nowMs += byMs;
    this.#step({ kind: "wake", nowMs: this.nowMs });
    return this;
  }

  /** Every live task that matches is now in this state. */
  all(component: string, state: TaskState, more: Partial<TaskStatus> = {}): this {
    for (const { id, agentId } of this.tasks(component)) {
      this.tell(updateEvent(id, state, { agent_id: { value: agentId ?? "" }, ...more }));
    }
    return this;
  }

  tasks(component: string) {
    return [...this.state.tasks.values()].filter((task) => task.component === component);
  }

  /** `component@agent` of what is not ended, in order of launch. */
  live(): string[] {
    return [...this.state.tasks.values()].map((it) => `${it.component}@${it.agentId ?? "?"}`);
  }

  types(): unknown[] {
    return this.calls.map(({ type }) => type);
  }

  /** Operations of the last step's ACCEPTs. */
  operations(): string[] {
    return this.calls.flatMap(({ accept }) => accept?.operations ?? []).map((it) => it.type ?? "");
  }

  /** Tasks that the last step launches. */
  launched(): TaskInfo[] {
    return this.calls
      .flatMap(({ accept }) => accept?.operations ?? [])
      .flatMap(({ launch }) => launch?.task_infos ?? []);
  }

  wakeAtMs(): number | undefined {
    return patternLogic(this.#spec, this.state).wakeAtMs(this.state);
  }

  #step(input: Parameters<typeof advancePattern>[2]): void {
    const step = advancePattern(this.#spec, this.state, input);
    this.state = step.state;
    this.calls = step.calls;
    this.lines = step.lines ?? [];
  }
}

/** Flink with its job manager and then its task managers running on one agent. */
export function runningFlink(options: Partial<PatternOptions>): PatternPlay {
  const offered = offersEvent(makeOffer(1));
  return new PatternPlay("flink", options)
    .subscribe()
    .tell(offered)
    .all("job-manager", "TASK_RUNNING")
    .tell(offered)
    .all("task-manager", "TASK_RUNNING");
}

/** `cpus:1;mem:64`-like amounts of a task, by name. */
export function amountsOf(task: TaskInfo | undefined): Record<string, number> {
  return Object.fromEntries(
    (task?.resources ?? []).flatMap(({ name, scalar }) =>
      scalar === undefined ? [] : [[name, scalar.value]],
    ),
  );
}
