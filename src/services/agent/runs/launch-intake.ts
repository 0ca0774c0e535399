import type { AgentEventOf } from "../../../api/agent-link/events.ts";
import { assertNever } from "../../../api/invariant.ts";
import { admitLaunch, type LaunchAdmission } from "../../../domain/agent/admit-launch.ts";
import { newRun, type RunRecord } from "../../../domain/agent/run.ts";
import type { Clock } from "../../../runtime/ports/clock.ts";
import type { Logger } from "../../../runtime/ports/logger.ts";
import type { Random } from "../../../runtime/ports/random.ts";
import type { LaunchAttempts } from "./launch-attempts.ts";
import type { OperationKeeper } from "../operation-keeper.ts";
import type { RunDriver } from "./run-driver.ts";
import type { RunTable } from "./run-table.ts";
import type { TaskAnswers } from "./task-answers.ts";
import type { UpdateDriver } from "./update-driver.ts";

type LaunchEvent = AgentEventOf<"RUN_TASK"> | AgentEventOf<"RUN_GROUP">;

export interface LaunchIntakeParts {
  readonly runs: RunTable;
  readonly updates: UpdateDriver;
  readonly driver: RunDriver;
  readonly attempts: LaunchAttempts;
  readonly answers: TaskAnswers;
  readonly operations: OperationKeeper;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Takes launches in: the event becomes the record of a run, which `admitLaunch` lets start, ends or refuses. */
export class LaunchIntake {
  readonly #parts: LaunchIntakeParts;

  constructor(parts: LaunchIntakeParts) {
    this.#parts = parts;
  }

  receive(event: LaunchEvent, draining: boolean): void {
    const { runs, updates } = this.#parts;
    const record = this.#recordOf(event);
    const admission = admitLaunch(record, {
      draining,
      unknownResource: (resources) => this.#parts.operations.unknownResource(resources),
      hasLaunch: (launchId) => runs.hasLaunch(launchId),
      hasTask: (frameworkId, taskId) =>
        runs.ofTask(frameworkId, taskId) !== undefined ||
        updates.of(frameworkId, taskId)?.closed === false,
    });
    this.#enter(record, admission);
  }

  #recordOf(event: LaunchEvent): RunRecord {
    const isGroup = event.type === "RUN_GROUP";
    const executorId = isGroup ? event.executor.executor_id : event.task.task_id;
    return {
      containerId: this.#parts.random.uuid(),
      launchId: event.launch_id,
      frameworkId: event.framework_id,
      framework: event.framework_info,
      executorId: executorId.value,
      ...(isGroup ? { executor: event.executor } : {}),
      tasks: isGroup ? event.tasks : [event.task],
      generation: event.generation,
      devices: event.devices,
      receivedAtMs: this.#parts.clock.nowMs(),
    };
  }

  #enter(record: RunRecord, admission: LaunchAdmission): void {
    const { runs, driver, attempts, answers } = this.#parts;
    const { frameworkId, executorId, containerId, tasks } = record;
    const log = this.#parts.logger.child({ frameworkId, executorId, containerId });
    switch (admission.kind) {
      case "seen":
        return;
      case "duplicateTask":
        for (const taskId of admission.taskIds) answers.sayDuplicate(record, taskId);
        return;
      case "end":
        // It never begins and still has a run, so that its end is delivered.
        driver.advance(newRun(record), { kind: "launchFailed", end: admission.end });
        return;
      case "error": {
        const { field, message } = admission.refusal;
        log.warn("refused a launch", { reason: `${field}: ${message}` });
        driver.refuse(record, `${field}: ${message}`);
        return;
      }
      case "admit": {
        log.info("received a launch", { count: tasks.length });
        const run = newRun(record);
        runs.put(run);
        attempts.start(run);
        return;
      }
      default:
        assertNever(admission);
    }
  }
}
