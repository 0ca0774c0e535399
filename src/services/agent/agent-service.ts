import type { ReportedExecutor, ReportedTask, SubscribeCall } from "../../api/agent-link/calls.ts";
import type { AgentEvent, AgentEventOf } from "../../api/agent-link/events.ts";
import { isOperatingError } from "../../api/errors/operating-error.ts";
import { assertNever } from "../../api/invariant.ts";
import { encodeBase64 } from "../../api/mesos/base64.ts";
import type { AgentInfo } from "../../api/mesos/agent-info.ts";
import type { TaskStatus } from "../../api/mesos/task-status.ts";
import { admitLaunch, type LaunchAdmission } from "../../domain/agent/admit-launch.ts";
import { advanceRun } from "../../domain/agent/advance-run.ts";
import {
  isRunOver,
  type KillCause,
  newRun,
  type Run,
  type RunEffect,
  type RunInput,
  type RunRecord,
  type StatusDraft,
} from "../../domain/agent/run.ts";
import { makeStatus } from "../../domain/agent/task-status.ts";
import { isTerminalHere, spokenState } from "../../domain/agent/task-state.ts";
import type { TaskEnd } from "../../domain/agent/task-state.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import { sleep } from "../../runtime/ports/clock.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import type { Random } from "../../runtime/ports/random.ts";
import { LinkClient } from "./link-client.ts";
import type { AgentMetrics } from "./metrics.ts";
import { poolPodChanges } from "./pool-pod-changes.ts";
import type {
  AgentInventory,
  InventorySource,
  Journal,
  Launcher,
  MasterLink,
  UsageReader,
} from "./ports.ts";
import { type RecoveryStep, planRecovery, resumeEffects } from "./recovery-plan.ts";
import { RunTable, taskOf } from "./run-table.ts";
import { SerialByKey } from "./serial.ts";
import { type StreamRef, UpdateDriver } from "./update-driver.ts";
import type { PoolPod } from "../../api/agent-link/pool-pod.ts";

export interface AgentOptions {
  readonly hostname: string;
  readonly advertisePort: number;
  readonly version: string;
  readonly access: "Api" | "Host";
  /** Kill grace where neither call nor task names one. */
  readonly graceDefaultMs: number;
  /** A launch that fails for a passing reason is tried again this long. */
  readonly launchRetryMs: number;
  /** After the end, what is kept for a task goes at the latest then, acknowledged or not. */
  readonly releaseAfterEndMs: number;
}

export interface AgentParts {
  readonly link: MasterLink;
  readonly launcher: Launcher;
  readonly journal: Journal;
  readonly inventory: InventorySource;
  readonly usage: UsageReader;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: AgentMetrics;
  readonly options: AgentOptions;
}

const CAPABILITIES = [
  "MULTI_ROLE",
  "HIERARCHICAL_ROLE",
  "RESERVATION_REFINEMENT",
  "RESOURCE_PROVIDER",
  "RESIZE_VOLUME",
  "AGENT_OPERATION_FEEDBACK",
  "AGENT_DRAINING",
  "TASK_RESOURCE_LIMITS",
];

/**
 * The agent: takes launches from the master, has the launcher make them, and delivers every update until it is
 * acknowledged. Decisions about a run are `advanceRun`; effects of one run are applied one after another, what must
 * outlive a crash first.
 */
export class AgentService {
  readonly #parts: AgentParts;
  readonly #runs = new RunTable();
  readonly #updates: UpdateDriver;
  readonly #link: LinkClient;
  readonly #serial: SerialByKey;
  readonly #terminating = new Set<string>();
  readonly #endedAtMs = new Map<string, number>();
  #agentId: string | undefined;
  #recovered = false;
  #draining = false;
  #shutDown = false;
  #reported: AgentInventory | undefined;
  #reportedPods: ReadonlyMap<string, PoolPod> = new Map();
  #signal: AbortSignal = AbortSignal.abort();

  constructor(parts: AgentParts) {
    this.#parts = parts;
    this.#serial = new SerialByKey((key, error) =>
      parts.logger.error("an activity of a run failed", { containerId: key, error }),
    );
    this.#updates = new UpdateDriver({
      clock: parts.clock,
      metrics: parts.metrics,
      forward: (ref, status, stream) =>
        this.#link.send({
          type: "STATUS_UPDATE",
          framework_id: ref.frameworkId,
          executor_id: ref.executorId,
          status,
          latest_state: stream.latestState,
        }),
    });
    this.#link = new LinkClient({
      link: parts.link,
      usage: parts.usage,
      clock: parts.clock,
      random: parts.random,
      logger: parts.logger,
      metrics: parts.metrics,
      subscription: (termSeen) => (this.#shutDown ? undefined : this.#subscription(termSeen)),
      onConnected: (event) => this.#onConnected(event),
      onDisconnected: () => this.#updates.pause(),
      onEvent: (event) => this.#onEvent(event),
    });
  }

  get agentId(): string | undefined {
    return this.#agentId;
  }

  /** Recovered and subscribed: what readiness means. */
  get ready(): boolean {
    return this.#recovered && this.#link.connected && !this.#shutDown;
  }

  get recovered(): boolean {
    return this.#recovered;
  }

  runs(): readonly Run[] {
    return this.#runs.all();
  }

  completedRuns(): readonly Run[] {
    return this.#runs.completed();
  }

  get hostname(): string {
    return this.#parts.options.hostname;
  }

  /** Tasks with an update that no framework has acknowledged yet. */
  get pendingUpdates(): number {
    return this.#updates.pendingCount;
  }

  /** The newest status of a task, acknowledged or not. */
  latestStatus(frameworkId: string, taskId: string): TaskStatus | undefined {
    return this.#updates.of(frameworkId, taskId)?.latest;
  }

  /**
   * Recovers what a former life left, then keeps the link until `signal` aborts.
   * @throws {OperatingError} AGENT_WORK_DIR_LOCKED, AGENT_META_CORRUPT.
   */
  async run(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    await this.#recover();
    this.#recovered = true;
    this.#parts.launcher.onChange((containerId) => this.#lookAgain(containerId));
    for (const run of this.#runs.all()) this.#lookAgain(run.record.containerId);
    this.#parts.inventory.onChange(() => this.#reportInventory());
    await this.#link.run(signal);
  }

  /** Graceful stop: tells the master to wait for us, lets running writes end. Tasks go on. */
  async goodbye(reason: "restart" | "drain" | "remove", withinMs: number): Promise<void> {
    await this.#link.goodbye(reason, withinMs);
    await this.#serial.idle();
    await this.#parts.journal.close();
  }

  /** Ends and forgets whatever a former life left, without a master (recover=cleanup). */
  async cleanUp(signal: AbortSignal): Promise<void> {
    this.#signal = signal;
    await this.#recover();
    this.#parts.launcher.onChange((containerId) => this.#lookAgain(containerId));
    this.#killRuns(this.#runs.all(), "shutdown");
    while (this.#runs.all().some((run) => !isRunOver(run))) {
      for (const run of this.#runs.all()) this.#lookAgain(run.record.containerId);
      await sleep(this.#parts.clock, CLEANUP_LOOK_MS, signal);
    }
    await this.#serial.idle();
    for (const { record } of this.#runs.all()) {
      await this.#parts.launcher.release(record);
      await this.#parts.journal.forgetRun(record);
    }
    await this.#parts.journal.close();
  }

  async #recover(): Promise<void> {
    const journaled = await this.#parts.journal.open();
    this.#agentId = journaled.agentId;
    const recovered = await this.#parts.launcher.recover(journaled.runs);
    const plan = planRecovery({
      recovered,
      recorded: journaled.runs,
      nowMs: this.#parts.clock.nowMs(),
      look: (record) => this.#parts.launcher.look(record),
    });
    for (const { run, streams } of plan) {
      this.#runs.put(run);
      for (const [taskId, stream] of streams) {
        this.#updates.restore(refOf(run.record, taskId), stream);
      }
    }
    for (const step of plan) this.#goOn(step);
    if (plan.length > 0) {
      this.#parts.logger.info("recovered runs of a former life", { count: plan.length });
    }
  }

  #goOn({ run, tell, failed }: RecoveryStep): void {
    const { containerId } = run.record;
    for (const { taskId, draft } of tell) {
      void this.#serial.run(containerId, () => this.#writeStatus(run.record, taskId, draft));
    }
    if (failed !== undefined) this.#advance(run, { kind: "launchFailed", end: failed });
    else if (run.phase === "admitted") this.#startLaunch(run);
    else if (isRunOver(run)) this.#completeIfQuiet(run.record);
    for (const effect of resumeEffects(run)) this.#apply(run.record, effect);
  }

  #onConnected(event: AgentEventOf<"SUBSCRIBED">): void {
    const known = this.#agentId;
    this.#agentId = event.agent_id;
    if (known !== event.agent_id) void this.#parts.journal.writeAgent(event.agent_id);
    this.#updates.resume();
    this.#reportInventory();
    for (const task of event.tasks) this.#answerFor(task);
  }

  #onEvent(event: Exclude<AgentEvent, AgentEventOf<"SUBSCRIBED">>): void {
    switch (event.type) {
      case "RUN_TASK":
        this.#receive(event, [event.task], undefined);
        return;
      case "RUN_GROUP":
        this.#receive(event, event.tasks, event.executor);
        return;
      case "KILL":
        this.#kill(event);
        return;
      case "ACKNOWLEDGE":
        this.#acknowledge(event);
        return;
      case "RECONCILE":
        for (const task of event.tasks) this.#answerFor(task);
        return;
      case "SHUTDOWN_FRAMEWORK":
        this.#shutDownFramework(event.framework_id);
        return;
      case "SHUTDOWN_EXECUTOR":
        this.#killRuns(this.#runs.liveOf(event.framework_id, event.executor_id), "shutdown");
        return;
      case "UPDATE_FRAMEWORK":
        for (const run of this.#runs.liveOf(event.framework_id)) {
          const record = { ...run.record, framework: event.framework_info };
          this.#runs.put({ ...run, record });
        }
        return;
      case "DRAIN":
        this.#draining = true;
        this.#killRuns(this.#runs.all(), "draining", event.max_grace_period_ms);
        return;
      case "REACTIVATE":
        this.#draining = false;
        return;
      case "APPLY_OPERATION":
        this.#refuseOperation(event);
        return;
      case "MESSAGE":
        // Built-in executors have no use for messages; custom ones are refused at launch.
        return;
      case "SHUTDOWN":
        this.#parts.logger.warn("the master shut this agent down", { reason: event.message });
        this.#shutDown = true;
        this.#killRuns(this.#runs.all(), "shutdown");
        return;
      case "ERROR":
        this.#parts.logger.warn("the master closed the stream", { reason: event.message });
        return;
      default:
        assertNever(event);
    }
  }

  #receive(
    event: AgentEventOf<"RUN_TASK"> | AgentEventOf<"RUN_GROUP">,
    tasks: RunRecord["tasks"],
    executor: RunRecord["executor"],
  ): void {
    const request = {
      launchId: event.launch_id,
      frameworkId: event.framework_id,
      tasks,
      ...(executor === undefined ? {} : { executor }),
    };
    const admission = admitLaunch(request, {
      draining: this.#draining,
      hasLaunch: (launchId) => this.#runs.hasLaunch(launchId),
      hasTask: (frameworkId, taskId) =>
        this.#runs.ofTask(frameworkId, taskId) !== undefined ||
        this.#updates.of(frameworkId, taskId)?.closed === false,
    });
    const record: RunRecord = {
      containerId: this.#parts.random.uuid(),
      launchId: event.launch_id,
      frameworkId: event.framework_id,
      framework: event.framework_info,
      executorId: executor?.executor_id.value ?? tasks[0]?.task_id.value ?? "",
      ...(executor === undefined ? {} : { executor }),
      tasks,
      generation: event.generation,
      devices: event.devices,
      receivedAtMs: this.#parts.clock.nowMs(),
    };
    this.#enter(record, admission);
  }

  #enter(record: RunRecord, admission: LaunchAdmission): void {
    const log = this.#parts.logger.child({
      frameworkId: record.frameworkId,
      executorId: record.executorId,
      containerId: record.containerId,
    });
    switch (admission.kind) {
      case "seen":
        return;
      case "duplicateTask":
        for (const taskId of admission.taskIds) this.#sayDuplicate(record, taskId);
        return;
      case "end":
        this.#enterEnded(record, admission.end);
        return;
      case "error": {
        const { field, message } = admission.refusal;
        log.warn("refused a launch", { reason: `${field}: ${message}` });
        this.#enterEnded(record, errorEnd(`${field}: ${message}`), "TASK_ERROR");
        return;
      }
      case "admit": {
        log.info("received a launch", { count: record.tasks.length });
        const run = newRun(record);
        this.#runs.put(run);
        this.#startLaunch(run);
        return;
      }
      default:
        assertNever(admission);
    }
  }

  /** A launch that ends before it begins still has a stream, so that its end is delivered. */
  #enterEnded(record: RunRecord, end: TaskEnd, as?: "TASK_ERROR"): void {
    const run = newRun(record);
    this.#runs.put(run);
    if (as === undefined) {
      this.#advance(run, { kind: "launchFailed", end });
      return;
    }
    const ended: Run = { ...run, tasks: run.tasks.map((task) => ({ ...task, stage: "ended" })) };
    this.#runs.put(ended);
    for (const task of record.tasks) {
      const draft: StatusDraft = {
        state: as,
        source: "SOURCE_AGENT",
        reason: "REASON_TASK_INVALID",
        message: end.message ?? "",
      };
      void this.#serial.run(record.containerId, () =>
        this.#writeStatus(record, task.task_id.value, draft),
      );
    }
  }

  #startLaunch(run: Run): void {
    const { containerId } = run.record;
    void this.#serial.run(containerId, async () => {
      await this.#parts.journal.writeRun(run.record);
      const current = this.#runs.get(containerId);
      if (current === undefined || isRunOver(current)) return;
      this.#advance(current, { kind: "creating" });
      await this.#launch(run.record);
    });
  }

  async #launch(record: RunRecord): Promise<void> {
    const giveUpAtMs = this.#parts.clock.monotonicMs() + this.#parts.options.launchRetryMs;
    for (let delayMs = LAUNCH_RETRY_MS_MIN; ; delayMs *= 2) {
      try {
        const answer = await this.#parts.launcher.launch(record, {
          agentId: this.#agentId ?? "",
          signal: this.#signal,
        });
        if (answer.kind === "created") {
          for (const warning of answer.warnings) {
            this.#parts.logger.warn("part of a task has no meaning here", {
              containerId: record.containerId,
              reason: warning,
            });
          }
          this.#advanceById(record.containerId, { kind: "created" });
          this.#lookAgain(record.containerId);
          return;
        }
        const { field, message, kind } = answer.refusal;
        this.#launchFailed(record, `${field}: ${message}`, kind === "error");
        return;
      } catch (error) {
        if (this.#signal.aborted) return;
        const message = error instanceof Error ? error.message : String(error);
        const passing = isOperatingError(error) && error.retry === "transient";
        if (!passing || this.#parts.clock.monotonicMs() + delayMs > giveUpAtMs) {
          this.#launchFailed(record, message, false);
          return;
        }
        await sleep(this.#parts.clock, delayMs, this.#signal).catch(() => undefined);
      }
    }
  }

  #launchFailed(record: RunRecord, message: string, isError: boolean): void {
    this.#parts.metrics.launchErrors.add();
    this.#parts.logger.warn("a launch failed", {
      containerId: record.containerId,
      reason: message,
    });
    const run = this.#runs.get(record.containerId);
    if (run === undefined) return;
    const end: TaskEnd = {
      kind: "verdict",
      state: "TASK_FAILED",
      reason: "REASON_CONTAINER_LAUNCH_FAILED",
      message,
    };
    if (isError) this.#enterEnded(record, end, "TASK_ERROR");
    else this.#advance(run, { kind: "launchFailed", end });
  }

  #kill(event: AgentEventOf<"KILL">): void {
    const run = this.#runs.ofTask(event.framework_id, event.task_id);
    // As in Mesos: the master that asks knows by now, or will from the next subscription.
    if (run === undefined) return;
    const graceNs = event.kill_policy?.grace_period?.nanoseconds;
    this.#advance(run, {
      kind: "kill",
      taskId: event.task_id,
      ...(graceNs === undefined ? {} : { graceMs: graceNs / 1e6 }),
    });
  }

  #killRuns(runs: readonly Run[], cause: KillCause, graceMaxMs?: number): void {
    for (const run of runs) {
      this.#advance(run, {
        kind: "killAll",
        cause,
        ...(graceMaxMs === undefined ? {} : { graceMaxMs }),
      });
    }
  }

  #shutDownFramework(frameworkId: string): void {
    this.#terminating.add(frameworkId);
    this.#killRuns(this.#runs.liveOf(frameworkId), "shutdown");
    for (const run of this.#runs.all()) {
      if (run.record.frameworkId === frameworkId && isRunOver(run)) this.#abandon(run.record);
    }
  }

  #acknowledge(event: AgentEventOf<"ACKNOWLEDGE">): void {
    const run = this.#runs.ofTask(event.framework_id, event.task_id);
    const record = run?.record;
    if (record === undefined) {
      const ref = { frameworkId: event.framework_id, executorId: "", taskId: event.task_id };
      if (this.#updates.acknowledge(ref, event.uuid) === "closed") this.#updates.forget(ref);
      return;
    }
    const ref = refOf(record, event.task_id);
    void this.#serial.run(record.containerId, async () => {
      if (this.#updates.expects(ref, event.uuid)) {
        const line = { kind: "acknowledged", uuid: event.uuid } as const;
        await this.#parts.journal.writeUpdate(record, event.task_id, line);
      }
      if (this.#updates.acknowledge(ref, event.uuid) === "closed") this.#completeIfQuiet(record);
    });
  }

  /** What the world shows of a run, again. */
  #lookAgain(containerId: string): void {
    const run = this.#runs.get(containerId);
    if (run === undefined || run.phase !== "created") return;
    for (const [taskId, seen] of this.#parts.launcher.look(run.record).tasks) {
      this.#advanceById(containerId, { kind: "seen", taskId, seen });
    }
  }

  #advanceById(containerId: string, input: RunInput): void {
    const run = this.#runs.get(containerId);
    if (run !== undefined) this.#advance(run, input);
  }

  #advance(run: Run, input: RunInput): void {
    const step = advanceRun(run, input, {
      nowMs: this.#parts.clock.nowMs(),
      graceDefaultMs: this.#parts.options.graceDefaultMs,
    });
    this.#runs.put(step.run);
    for (const effect of step.effects) this.#apply(step.run.record, effect);
    if (step.effects.length > 0 && isRunOver(step.run)) this.#onRunOver(step.run.record);
  }

  #apply(record: RunRecord, effect: RunEffect): void {
    switch (effect.kind) {
      case "status":
        void this.#serial.run(record.containerId, () =>
          this.#writeStatus(record, effect.taskId, effect.draft),
        );
        return;
      case "stop":
        void this.#serial.run(record.containerId, async () => {
          const [first] = effect.orders;
          if (first !== undefined) await this.#parts.journal.writeKill(record, first.kill);
          await this.#parts.launcher.stop(record, effect.orders);
        });
        return;
      case "wakeAt":
        this.#parts.clock.after(effect.dueMs - this.#parts.clock.nowMs(), () =>
          this.#advanceById(record.containerId, { kind: "due" }),
        );
        return;
      default:
        assertNever(effect);
    }
  }

  async #writeStatus(record: RunRecord, taskId: string, draft: StatusDraft): Promise<void> {
    const task = taskOf(record, taskId);
    if (task === undefined) return;
    const status = makeStatus(record, task, draft, {
      agentId: this.#agentId ?? "",
      uuid: this.#newUuid(),
      nowMs: this.#parts.clock.nowMs(),
    });
    await this.#parts.journal.writeUpdate(record, taskId, { kind: "update", status });
    this.#count(draft, record);
    this.#parts.logger.info("a task changed its state", {
      frameworkId: record.frameworkId,
      taskId,
      outcome: status.state,
      ...(draft.message === undefined ? {} : { reason: draft.message }),
    });
    this.#updates.enqueue(refOf(record, taskId), status);
  }

  #count(draft: StatusDraft, record: RunRecord): void {
    if (draft.state === "TASK_RUNNING") {
      const seconds = (this.#parts.clock.nowMs() - record.receivedAtMs) / 1000;
      this.#parts.metrics.launchSeconds.observe(seconds);
    } else if (draft.state === "TASK_FINISHED") this.#parts.metrics.tasksFinished.add();
    else if (isTerminalHere(draft.state) && draft.state !== "TASK_KILLED") {
      this.#parts.metrics.tasksFailed.add();
    }
  }

  #onRunOver(record: RunRecord): void {
    if (this.#endedAtMs.has(record.containerId)) return;
    this.#endedAtMs.set(record.containerId, this.#parts.clock.nowMs());
    if (record.executor !== undefined) {
      void this.#serial.run(record.containerId, () => this.#executorExited(record));
    }
    if (this.#terminating.has(record.frameworkId)) {
      void this.#serial.run(record.containerId, () => this.#abandon(record));
    }
    this.#parts.clock.after(this.#parts.options.releaseAfterEndMs, () => {
      if (!this.#endedAtMs.has(record.containerId)) return;
      void this.#serial.run(record.containerId, () => this.#parts.launcher.release(record));
    });
  }

  #executorExited(record: RunRecord): void {
    if (this.#runs.liveOf(record.frameworkId, record.executorId).length > 0) return;
    this.#link.send({
      type: "EXECUTOR_EXITED",
      framework_id: record.frameworkId,
      executor_id: record.executorId,
      status: 0,
    });
  }

  #abandon(record: RunRecord): void {
    for (const task of record.tasks) this.#updates.abandon(refOf(record, task.task_id.value));
    this.#completeIfQuiet(record);
  }

  /** Everything said and acknowledged: nothing of the run needs to be kept. */
  #completeIfQuiet(record: RunRecord): void {
    const run = this.#runs.get(record.containerId);
    if (run === undefined || !isRunOver(run)) return;
    const refs = record.tasks.map((task) => refOf(record, task.task_id.value));
    const open = refs.some((ref) => this.#updates.of(ref.frameworkId, ref.taskId)?.closed !== true);
    if (open) return;
    void this.#serial.run(record.containerId, async () => {
      if (this.#runs.get(record.containerId) === undefined) return;
      await this.#parts.launcher.release(record);
      await this.#parts.journal.forgetRun(record);
      this.#runs.complete(record.containerId);
      this.#endedAtMs.delete(record.containerId);
      for (const ref of refs) this.#updates.forget(ref);
    });
  }

  /** A task the master asks about: what is known, or that it is not here. */
  #answerFor(asked: {
    readonly framework_id: string;
    readonly task_id: string;
    readonly partition_aware: boolean;
  }): void {
    const { framework_id: frameworkId, task_id: taskId, partition_aware: aware } = asked;
    const stream = this.#updates.of(frameworkId, taskId);
    if (stream?.latest !== undefined) {
      const { uuid: _told, ...latest } = stream.latest;
      this.#link.send({
        type: "STATUS_UPDATE",
        framework_id: frameworkId,
        status: latest,
        latest_state: stream.latestState,
      });
      return;
    }
    if (this.#runs.ofTask(frameworkId, taskId) !== undefined) return;
    const status: TaskStatus = {
      task_id: { value: taskId },
      state: spokenState("TASK_DROPPED", aware),
      source: "SOURCE_AGENT",
      reason: "REASON_RECONCILIATION",
      message: "Reconciliation: task unknown to the agent",
      agent_id: { value: this.#agentId ?? "" },
      timestamp: this.#parts.clock.nowMs() / 1000,
      uuid: this.#newUuid(),
    };
    this.#updates.enqueue({ frameworkId, executorId: taskId, taskId }, status);
  }

  #sayDuplicate(record: RunRecord, taskId: string): void {
    const latest = this.#updates.of(record.frameworkId, taskId)?.latestState ?? "TASK_STAGING";
    this.#link.send({
      type: "STATUS_UPDATE",
      framework_id: record.frameworkId,
      executor_id: record.executorId,
      status: {
        task_id: { value: taskId },
        state: "TASK_ERROR",
        source: "SOURCE_AGENT",
        reason: "REASON_TASK_INVALID",
        message: "Task has duplicate ID",
        agent_id: { value: this.#agentId ?? "" },
        timestamp: this.#parts.clock.nowMs() / 1000,
      },
      latest_state: latest,
    });
  }

  #refuseOperation(event: AgentEventOf<"APPLY_OPERATION">): void {
    this.#link.send({
      type: "OPERATION_STATUS",
      ...(event.framework_id === undefined ? {} : { framework_id: event.framework_id }),
      operation_uuid: event.operation_uuid,
      status: {
        state: "OPERATION_ERROR",
        message: "operations are not served by this version of the agent",
      },
    });
  }

  #subscription(termSeen: number): SubscribeCall {
    const inventory = this.#parts.inventory.current();
    this.#reported = inventory;
    this.#reportedPods = new Map(inventory.poolPods.map((pod) => [pod.uid, pod]));
    const live = this.#runs.all();
    const frameworks = new Map(live.map(({ record }) => [record.frameworkId, record.framework]));
    return {
      type: "SUBSCRIBE",
      ...(this.#agentId === undefined ? {} : { agent_id: this.#agentId }),
      agent_info: this.#agentInfo(inventory),
      ...(inventory.nodeUid === undefined ? {} : { node_uid: inventory.nodeUid }),
      version: this.#parts.options.version,
      capabilities: CAPABILITIES,
      ...(inventory.bootId === undefined ? {} : { boot_id: inventory.bootId }),
      launcher: this.#parts.launcher.kind,
      access: this.#parts.options.access,
      term_seen: termSeen,
      ...(inventory.podSlots === undefined ? {} : { pod_slots: inventory.podSlots }),
      unschedulable: inventory.unschedulable,
      frameworks: [...frameworks].map(([id, info]) => ({ ...info, id: { value: id } })),
      executors: this.#reportedExecutors(live),
      tasks: live.flatMap((run) => this.#reportedTasks(run)),
      pool_pods: [...inventory.poolPods],
      operations: [],
      checkpointed_resources: [],
    };
  }

  #agentInfo(inventory: AgentInventory): AgentInfo {
    const { region, zone } = inventory;
    return {
      hostname: this.#parts.options.hostname,
      port: this.#parts.options.advertisePort,
      resources: inventory.total,
      attributes: inventory.attributes,
      ...(this.#agentId === undefined ? {} : { id: { value: this.#agentId } }),
      ...(region === undefined || zone === undefined
        ? {}
        : { domain: { fault_domain: { region: { name: region }, zone: { name: zone } } } }),
    };
  }

  #reportedExecutors(live: readonly Run[]): ReportedExecutor[] {
    const executors = new Map<string, ReportedExecutor>();
    for (const { record } of live) {
      if (record.executor === undefined || this.#isOver(record)) continue;
      executors.set(`${record.frameworkId}\n${record.executorId}`, {
        framework_id: record.frameworkId,
        executor: record.executor,
      });
    }
    return [...executors.values()];
  }

  #isOver(record: RunRecord): boolean {
    const run = this.#runs.get(record.containerId);
    return run === undefined || isRunOver(run);
  }

  #reportedTasks(run: Run): readonly ReportedTask[] {
    const { record } = run;
    return run.tasks.flatMap((task): readonly ReportedTask[] => {
      const stream = this.#updates.of(record.frameworkId, task.info.task_id.value);
      if (stream?.closed === true) return [];
      // The update that waits for its acknowledgement, as `latest_state` already says how the task stands.
      const status = stream?.pending[0] ?? stream?.latest;
      return [
        {
          framework_id: record.frameworkId,
          executor_id: record.executorId,
          task: task.info,
          latest_state: stream?.latestState ?? "TASK_STAGING",
          ...(status === undefined ? {} : { status }),
          launch_id: record.launchId,
          generation: record.generation,
          devices: [...record.devices],
        },
      ];
    });
  }

  #reportInventory(): void {
    if (!this.#link.connected) return;
    const now = this.#parts.inventory.current();
    const before = this.#reported;
    this.#reported = now;
    if (before === undefined || !sameOffer(before, now)) {
      this.#link.send({
        type: "UPDATE_AGENT",
        total: [...now.total],
        attributes: [...now.attributes],
        oversubscribed: [],
        ...(now.podSlots === undefined ? {} : { pod_slots: now.podSlots }),
        unschedulable: now.unschedulable,
      });
    }
    const changes = poolPodChanges(this.#reportedPods, now.poolPods);
    this.#reportedPods = changes.now;
    if (changes.changed.length > 0 || changes.gone.length > 0) {
      this.#link.send({
        type: "POOL_PODS",
        changed: [...changes.changed],
        gone: [...changes.gone],
      });
    }
  }

  #newUuid(): string {
    const hex = this.#parts.random.uuid().replaceAll("-", "");
    return encodeBase64(Buffer.from(hex, "hex"));
  }
}

const LAUNCH_RETRY_MS_MIN = 250;
const CLEANUP_LOOK_MS = 100;

function refOf(record: RunRecord, taskId: string): StreamRef {
  return { frameworkId: record.frameworkId, executorId: record.executorId, taskId };
}

function errorEnd(message: string): TaskEnd {
  return { kind: "verdict", state: "TASK_FAILED", reason: "REASON_TASK_INVALID", message };
}

function sameOffer(a: AgentInventory, b: AgentInventory): boolean {
  const part = ({ total, attributes, podSlots, unschedulable }: AgentInventory): string =>
    JSON.stringify([total, attributes, podSlots, unschedulable]);
  return part(a) === part(b);
}
