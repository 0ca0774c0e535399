import type { TaskStatus } from "../../../api/mesos/task-status.ts";
import type { RunRecord } from "../../../domain/agent/run.ts";
import { lostOr } from "../../../domain/mesos/task-state.ts";
import type { Clock } from "../../../runtime/ports/clock.ts";
import type { AgentIdentity } from "../agent-identity.ts";
import type { OutgoingCall } from "../link/link-session.ts";
import type { RunTable } from "./run-table.ts";
import type { UpdateDriver } from "./update-driver.ts";

export interface TaskAnswersParts {
  readonly runs: RunTable;
  readonly updates: UpdateDriver;
  readonly identity: AgentIdentity;
  readonly clock: Clock;
  readonly send: (call: OutgoingCall) => void;
}

/** A task the master asks about. */
export interface AskedTask {
  readonly framework_id: string;
  readonly task_id: string;
  readonly partition_aware: boolean;
}

/** What is said of a task without any change to a run. */
export class TaskAnswers {
  readonly #parts: TaskAnswersParts;

  constructor(parts: TaskAnswersParts) {
    this.#parts = parts;
  }

  /** Task reconciliation: what is known, or that it is not here. A run that has told nothing yet will. */
  answerFor(asked: AskedTask): void {
    const { runs, updates, send } = this.#parts;
    const { framework_id: frameworkId, task_id: taskId } = asked;
    const stream = updates.of(frameworkId, taskId);
    if (stream?.latest !== undefined) {
      const { uuid: _told, ...latest } = stream.latest;
      send({
        type: "STATUS_UPDATE",
        framework_id: frameworkId,
        status: latest,
        latest_state: stream.latestState,
      });
      return;
    }
    if (runs.ofTask(frameworkId, taskId) !== undefined) return;
    const ref = { frameworkId, executorId: taskId, taskId };
    updates.enqueue(ref, this.#unknownTask(asked));
  }

  /** A launch names a task that is here already; the one here is not touched. */
  sayDuplicate(record: RunRecord, taskId: string): void {
    const { updates, identity, clock, send } = this.#parts;
    send({
      type: "STATUS_UPDATE",
      framework_id: record.frameworkId,
      executor_id: record.executorId,
      status: {
        task_id: { value: taskId },
        state: "TASK_ERROR",
        source: "SOURCE_AGENT",
        reason: "REASON_TASK_INVALID",
        message: "Task has duplicate ID",
        agent_id: { value: identity.agentId },
        timestamp: clock.nowMs() / 1000,
      },
      latest_state: updates.of(record.frameworkId, taskId)?.latestState ?? "TASK_STAGING",
    });
  }

  #unknownTask({ task_id: taskId, partition_aware: aware }: AskedTask): TaskStatus {
    const stamp = this.#parts.identity.stamp();
    return {
      task_id: { value: taskId },
      state: lostOr("TASK_DROPPED", aware),
      source: "SOURCE_AGENT",
      reason: "REASON_RECONCILIATION",
      message: "Reconciliation: task unknown to the agent",
      agent_id: { value: stamp.agentId },
      timestamp: stamp.nowMs / 1000,
      uuid: stamp.uuid,
    };
  }
}
