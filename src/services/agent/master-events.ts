import type { AgentEvent, AgentEventOf } from "../../api/agent-link/events.ts";
import { assertNever } from "../../api/invariant.ts";
import { isRunOver } from "../../domain/agent/run.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import type { DurableUpdates } from "./runs/durable-updates.ts";
import type { LaunchIntake } from "./runs/launch-intake.ts";
import type { OperationKeeper } from "./operation-keeper.ts";
import type { RunCompletion } from "./runs/run-completion.ts";
import type { RunDriver } from "./runs/run-driver.ts";
import type { RunTable } from "./runs/run-table.ts";
import type { TaskAnswers } from "./runs/task-answers.ts";

export interface MasterEventsParts {
  readonly runs: RunTable;
  readonly intake: LaunchIntake;
  readonly driver: RunDriver;
  readonly statuses: DurableUpdates;
  readonly completion: RunCompletion;
  readonly answers: TaskAnswers;
  readonly operations: OperationKeeper;
  readonly logger: Logger;
  /** Aborts when the agent begins to end. */
  readonly signal: () => AbortSignal;
}

/** What the master asks of a subscribed agent, one event after another, and whether it is to take launches still. */
export class MasterEvents {
  readonly #parts: MasterEventsParts;
  #draining = false;
  #shutDown = false;

  constructor(parts: MasterEventsParts) {
    this.#parts = parts;
  }

  /** The master wants no more of this agent: it does not subscribe again. */
  get shutDown(): boolean {
    return this.#shutDown;
  }

  handle(event: Exclude<AgentEvent, AgentEventOf<"SUBSCRIBED">>): void {
    const { runs, intake, driver, statuses, answers, operations, logger } = this.#parts;
    switch (event.type) {
      case "RUN_TASK":
      case "RUN_GROUP":
        // Said goodbye: of what is not taken, the master hears at the next subscription.
        if (!this.#parts.signal().aborted) intake.receive(event, this.#draining);
        return;
      case "KILL":
        this.#kill(event);
        return;
      case "ACKNOWLEDGE":
        statuses.acknowledge(event);
        return;
      case "RECONCILE":
        for (const task of event.tasks) answers.answerFor(task);
        return;
      case "SHUTDOWN_FRAMEWORK":
        this.#shutDownFramework(event.framework_id);
        return;
      case "SHUTDOWN_EXECUTOR":
        driver.killAll(runs.liveOf(event.framework_id, event.executor_id), "shutdown");
        return;
      case "UPDATE_FRAMEWORK":
        this.#updateFramework(event);
        return;
      case "DRAIN":
        this.#draining = true;
        driver.killAll(runs.all(), "draining", event.max_grace_period_ms);
        return;
      case "REACTIVATE":
        this.#draining = false;
        return;
      case "APPLY_OPERATION":
        operations.apply(event);
        return;
      case "ACKNOWLEDGE_OPERATION":
        operations.acknowledge(event);
        return;
      case "MESSAGE":
        // Built-in executors have no use for messages; custom ones are refused at launch.
        return;
      case "SHUTDOWN":
        logger.warn("the master shut this agent down", { reason: event.message });
        this.#shutDown = true;
        driver.killAll(runs.all(), "shutdown");
        return;
      case "ERROR":
        logger.warn("the master closed the stream", { reason: event.message });
        return;
      default:
        assertNever(event);
    }
  }

  #kill(event: AgentEventOf<"KILL">): void {
    const run = this.#parts.runs.ofTask(event.framework_id, event.task_id);
    // As in Mesos: the master that asks knows by now, or will from the next subscription.
    if (run === undefined) return;
    const graceNs = event.kill_policy?.grace_period?.nanoseconds;
    const grace = graceNs === undefined ? {} : { graceMs: graceNs / 1e6 };
    const cause = event.preempted === true ? { cause: "preempted" as const } : {};
    this.#parts.driver.advance(run, { kind: "kill", taskId: event.task_id, ...grace, ...cause });
  }

  #shutDownFramework(frameworkId: string): void {
    const { runs, driver, completion } = this.#parts;
    completion.abandonOnEnd(frameworkId);
    driver.killAll(runs.liveOf(frameworkId), "shutdown");
    for (const run of runs.all()) {
      if (run.record.frameworkId === frameworkId && isRunOver(run)) completion.abandon(run.record);
    }
  }

  #updateFramework(event: AgentEventOf<"UPDATE_FRAMEWORK">): void {
    const { runs } = this.#parts;
    for (const run of runs.liveOf(event.framework_id)) {
      runs.put({ ...run, record: { ...run.record, framework: event.framework_info } });
    }
  }
}
