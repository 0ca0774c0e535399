import type { SubscribeCall } from "../../api/agent-link/calls.ts";
import type { AgentEventOf } from "../../api/agent-link/events.ts";
import type { TaskStatus } from "../../api/mesos/task-status.ts";
import type { Run } from "../../domain/agent/run.ts";
import type { Resources } from "../../domain/resources/resource.ts";
import { sleep } from "../../runtime/ports/clock.ts";
import { AgentIdentity } from "./agent-identity.ts";
import type { AgentParts } from "./agent-parts.ts";
import { cleanUp } from "./runs/clean-up.ts";
import { DurableUpdates } from "./runs/durable-updates.ts";
import { InventoryReport } from "./link/inventory-report.ts";
import { LaunchAttempts } from "./runs/launch-attempts.ts";
import { LaunchIntake } from "./runs/launch-intake.ts";
import { LinkClient } from "./link/link-client.ts";
import type { OutgoingCall } from "./link/link-session.ts";
import { MasterEvents } from "./master-events.ts";
import { OperationKeeper } from "./operation-keeper.ts";
import { recover } from "./runs/recovery.ts";
import { RunCompletion } from "./runs/run-completion.ts";
import { RunDriver } from "./runs/run-driver.ts";
import { RunTable } from "./runs/run-table.ts";
import { SerialByKey } from "./serial.ts";
import { subscribeCall } from "./link/subscription.ts";
import { TaskAnswers } from "./runs/task-answers.ts";
import { UpdateDriver } from "./runs/update-driver.ts";

/** Writes under way get this long at the end; the Pod's grace is 35 s. */
const QUIESCE_MS_MAX = 10_000;

/**
 * The agent: takes launches from the master, has the launcher make them, and delivers every update until it is
 * acknowledged. Here its parts are put together, started and stopped; each says what it does.
 */
export class AgentService {
  readonly #parts: AgentParts;
  readonly #runs = new RunTable();
  readonly #serial: SerialByKey;
  readonly #identity: AgentIdentity;
  readonly #link: LinkClient;
  readonly #updates: UpdateDriver;
  readonly #operations: OperationKeeper;
  readonly #report: InventoryReport;
  readonly #driver: RunDriver;
  readonly #answers: TaskAnswers;
  readonly #events: MasterEvents;
  readonly #recover: () => Promise<void>;
  readonly #cleanUp: (signal: AbortSignal) => Promise<void>;
  /** From here on nothing is begun and nothing repeated: what is left is for the next life. */
  readonly #leaving = new AbortController();
  #recovered = false;

  constructor(parts: AgentParts) {
    this.#parts = parts;
    this.#serial = new SerialByKey((key, error) =>
      parts.logger.error("an activity of a run failed", { containerId: key, error }),
    );
    this.#identity = new AgentIdentity(parts);
    this.#link = new LinkClient({
      ...parts,
      subscription: (termSeen) => (this.#events.shutDown ? undefined : this.#subscribe(termSeen)),
      onConnected: (event) => this.#onConnected(event),
      onDisconnected: () => {
        this.#updates.pause();
        this.#operations.pause();
      },
      onEvent: (event) => this.#events.handle(event),
    });
    const send = (call: OutgoingCall): void => this.#link.send(call);
    this.#updates = new UpdateDriver({ ...parts, send });
    this.#report = new InventoryReport({ ...parts, send });

    const shared = {
      ...parts,
      runs: this.#runs,
      serial: this.#serial,
      identity: this.#identity,
      updates: this.#updates,
      send,
      signal: () => this.#leaving.signal,
    };
    this.#operations = new OperationKeeper(shared);
    const completion = new RunCompletion(shared);
    const statuses = new DurableUpdates({ ...shared, completion });
    const driver = new RunDriver({ ...shared, statuses, completion });
    const operations = this.#operations;
    const attempts = new LaunchAttempts({ ...shared, driver, operations });
    const answers = new TaskAnswers(shared);
    const intake = new LaunchIntake({ ...shared, driver, attempts, answers, operations });
    this.#driver = driver;
    this.#answers = answers;
    const handlers = { intake, driver, statuses, completion, answers, operations };
    this.#events = new MasterEvents({ ...shared, ...handlers });
    this.#recover = () =>
      recover({ ...shared, driver, statuses, attempts, completion, operations });
    this.#cleanUp = (signal) =>
      cleanUp({ ...shared, driver, quiesce: () => this.#quiesce(), signal: () => signal });
  }

  get agentId(): string | undefined {
    return this.#identity.known;
  }

  get hostname(): string {
    return this.#parts.options.hostname;
  }

  /** Recovered and subscribed: what readiness means. */
  get ready(): boolean {
    return this.#recovered && this.#link.connected && !this.#events.shutDown;
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

  /** Tasks with an update that no framework has acknowledged yet. */
  get pendingUpdates(): number {
    return this.#updates.pendingCount;
  }

  /** Reservations and volumes. */
  get checkpointed(): Resources {
    return this.#operations.checkpointed;
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
    await this.#begin(signal);
    this.#recovered = true;
    for (const { record } of this.#runs.all()) this.#driver.lookAgain(record.containerId);
    this.#parts.inventory.onChange(() => {
      if (this.#link.connected) this.#report.tellChanges();
    });
    await this.#link.run(signal);
  }

  /** Graceful stop: tells the master to wait for us, lets running writes end, some seconds at most. Tasks go on. */
  async goodbye(reason: "restart" | "drain" | "remove", withinMs: number): Promise<void> {
    this.#leaving.abort();
    await this.#link.goodbye(reason, withinMs);
    await this.#quiesce();
    await this.#parts.journal.close();
  }

  /** Ends and forgets whatever a former life left, without a master (recover=cleanup). */
  async cleanUp(signal: AbortSignal): Promise<void> {
    await this.#begin(signal);
    await this.#cleanUp(signal);
    await this.#parts.journal.close();
  }

  async #begin(signal: AbortSignal): Promise<void> {
    if (signal.aborted) this.#leaving.abort();
    signal.addEventListener("abort", () => this.#leaving.abort(), { once: true });
    await this.#recover();
    this.#parts.launcher.onChange((containerId) => this.#driver.lookAgain(containerId));
  }

  async #quiesce(): Promise<void> {
    this.#leaving.abort();
    await Promise.race([this.#serial.idle(), sleep(this.#parts.clock, QUIESCE_MS_MAX)]);
  }

  #subscribe(termSeen: number): SubscribeCall {
    return subscribeCall({
      options: this.#parts.options,
      agentId: this.#identity.known,
      termSeen,
      launcher: this.#parts.launcher.kind,
      inventory: this.#report.tellAll(),
      operations: this.#operations.subscription(),
      runs: this.#runs.all(),
      streamOf: (frameworkId, taskId) => this.#updates.of(frameworkId, taskId),
    });
  }

  #onConnected(event: AgentEventOf<"SUBSCRIBED">): void {
    this.#identity.register(event.agent_id);
    this.#updates.resume();
    this.#operations.resume(event.checkpointed_resources ?? []);
    this.#report.tellChanges();
    for (const task of event.tasks) this.#answers.answerFor(task);
  }
}
