import type { AgentEventOf } from "../../../api/agent-link/events.ts";
import type { RunRecord, StatusDraft } from "../../../domain/agent/run.ts";
import { isTerminalState } from "../../../domain/mesos/task-state.ts";
import { makeStatus } from "../../../domain/agent/task-status.ts";
import type { StreamRecord } from "../../../domain/agent/update-stream.ts";
import type { AgentIdentity } from "../agent-identity.ts";
import type { AgentMetrics } from "../metrics.ts";
import type { Journal } from "../ports.ts";
import type { RunCompletion } from "./run-completion.ts";
import { type RunTable, taskOf } from "./run-table.ts";
import type { SerialByKey } from "../serial.ts";
import { untilDone, type UntilDoneParts } from "../until-done.ts";
import { streamRefOf, type UpdateDriver } from "./update-driver.ts";

export interface DurableUpdatesParts extends UntilDoneParts {
  readonly runs: RunTable;
  readonly updates: UpdateDriver;
  readonly serial: SerialByKey;
  readonly journal: Journal;
  readonly identity: AgentIdentity;
  readonly completion: RunCompletion;
  readonly metrics: AgentMetrics;
}

/** Status updates of runs, each durable before it is delivered; acknowledgements, each durable before the next update. */
export class DurableUpdates {
  readonly #parts: DurableUpdatesParts;

  constructor(parts: DurableUpdatesParts) {
    this.#parts = parts;
  }

  /** Makes a status of the draft, after what the run has queued already. */
  tell(record: RunRecord, taskId: string, draft: StatusDraft): void {
    void this.#parts.serial.run(record.containerId, () => this.#write(record, taskId, draft));
  }

  acknowledge(event: AgentEventOf<"ACKNOWLEDGE">): void {
    const { runs, updates, serial, completion } = this.#parts;
    const { framework_id: frameworkId, task_id: taskId, uuid } = event;
    const record = runs.ofTask(frameworkId, taskId)?.record;
    if (record === undefined) {
      // No run, so nothing durable either: at most a task unknown here that was answered for.
      const ref = { frameworkId, executorId: "", taskId };
      if (updates.acknowledge(ref, uuid) === "closed") updates.forget(ref);
      return;
    }
    const ref = streamRefOf(record, taskId);
    void serial.run(record.containerId, async () => {
      if (updates.expects(ref, uuid)) {
        const line = { kind: "acknowledged", uuid } as const;
        if (!(await this.#makeDurable(record, taskId, line))) return;
      }
      if (updates.acknowledge(ref, uuid) === "closed") completion.completeIfQuiet(record);
    });
  }

  async #write(record: RunRecord, taskId: string, draft: StatusDraft): Promise<void> {
    const { identity, logger, updates } = this.#parts;
    const task = taskOf(record, taskId);
    if (task === undefined) return;
    const status = makeStatus(record, task, draft, identity.stamp());
    if (!(await this.#makeDurable(record, taskId, { kind: "update", status }))) return;
    this.#count(draft, record);
    logger.info("a task changed its state", {
      frameworkId: record.frameworkId,
      taskId,
      outcome: status.state,
      ...(draft.message === undefined ? {} : { reason: draft.message }),
    });
    updates.enqueue(streamRefOf(record, taskId), status);
  }

  /** Whatever else is said of the run waits for it. False when the agent ended first: nothing was said then. */
  #makeDurable(record: RunRecord, taskId: string, line: StreamRecord): Promise<boolean> {
    return untilDone(this.#parts, record.containerId, () =>
      this.#parts.journal.writeUpdate(record, taskId, line),
    );
  }

  #count(draft: StatusDraft, record: RunRecord): void {
    const { metrics, clock } = this.#parts;
    if (draft.state === "TASK_RUNNING") {
      metrics.launchSeconds.observe((clock.nowMs() - record.receivedAtMs) / 1000);
    } else if (draft.state === "TASK_FINISHED") {
      metrics.tasksFinished.add();
    } else if (isTerminalState(draft.state) && draft.state !== "TASK_KILLED") {
      metrics.tasksFailed.add();
    }
  }
}
