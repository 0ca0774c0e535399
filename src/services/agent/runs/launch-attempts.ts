import { isOperatingError } from "../../../api/errors/operating-error.ts";
import type { Refusal } from "../../../domain/agent/refusal.ts";
import { isRunOver, type Run, type RunRecord } from "../../../domain/agent/run.ts";
import { type Clock, sleep } from "../../../runtime/ports/clock.ts";
import type { Logger } from "../../../runtime/ports/logger.ts";
import type { AgentIdentity } from "../agent-identity.ts";
import type { AgentMetrics } from "../metrics.ts";
import type { OperationKeeper } from "../operation-keeper.ts";
import type { Journal, LaunchAnswer, Launcher } from "../ports.ts";
import type { RunDriver } from "./run-driver.ts";
import type { RunTable } from "./run-table.ts";
import type { SerialByKey } from "../serial.ts";

export interface LaunchAttemptsParts {
  readonly runs: RunTable;
  readonly driver: RunDriver;
  readonly serial: SerialByKey;
  readonly launcher: Launcher;
  readonly journal: Journal;
  readonly identity: AgentIdentity;
  readonly operations: OperationKeeper;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: AgentMetrics;
  /** Aborts when the agent begins to end; a launch under way is then left to the next life. */
  readonly signal: () => AbortSignal;
  readonly options: {
    /** A launch that fails for a passing reason is tried again this long. */
    readonly launchRetryMs: number;
  };
}

const RETRY_MS_MIN = 250;

/** Admitted runs on their way to the launcher: recorded, then tried until made, refused or given up. */
export class LaunchAttempts {
  readonly #parts: LaunchAttemptsParts;

  constructor(parts: LaunchAttemptsParts) {
    this.#parts = parts;
  }

  /** The record is durable before the launcher is called; a run that was called off meanwhile never reaches it. */
  start(run: Run): void {
    const { serial, journal, runs, driver, operations } = this.#parts;
    const { containerId } = run.record;
    void serial.run(containerId, async () => {
      try {
        // What it uses was made by operations before it: they are durable first.
        await operations.settled();
        await journal.writeRun(run.record);
      } catch (error) {
        this.#fail(run.record, `the launch could not be recorded: ${messageOf(error)}`);
        return;
      }
      const current = runs.get(containerId);
      if (current === undefined || isRunOver(current) || this.#parts.signal().aborted) return;
      driver.advance(current, { kind: "creating" });
      await this.#launch(run.record);
    });
  }

  async #launch(record: RunRecord): Promise<void> {
    const { launcher, identity, clock, options } = this.#parts;
    const signal = this.#parts.signal();
    const giveUpAtMs = clock.monotonicMs() + options.launchRetryMs;
    for (let delayMs = RETRY_MS_MIN; ; delayMs *= 2) {
      try {
        const answer = await launcher.launch(record, { agentId: identity.agentId, signal });
        this.#take(record, answer);
        return;
      } catch (error) {
        if (signal.aborted) return;
        const message = messageOf(error);
        const passing = isOperatingError(error) && error.retry === "transient";
        if (!passing || clock.monotonicMs() + delayMs > giveUpAtMs) {
          this.#fail(record, message);
          return;
        }
      }
      const isLeft = await sleep(clock, delayMs, signal).then(
        () => false,
        () => true,
      );
      if (isLeft) return;
    }
  }

  #take(record: RunRecord, answer: LaunchAnswer): void {
    const { driver, logger } = this.#parts;
    const { containerId } = record;
    if (answer.kind === "refused") {
      const { field, message, kind } = answer.refusal;
      this.#fail(record, `${field}: ${message}`, kind);
      return;
    }
    for (const reason of answer.warnings) {
      logger.warn("part of a task has no meaning here", { containerId, reason });
    }
    driver.advanceById(containerId, { kind: "created" });
    driver.lookAgain(containerId);
  }

  #fail(record: RunRecord, message: string, kind: Refusal["kind"] = "failed"): void {
    const { runs, driver, logger, metrics } = this.#parts;
    metrics.launchErrors.add();
    logger.warn("a launch failed", { containerId: record.containerId, reason: message });
    const run = runs.get(record.containerId);
    if (run === undefined) return;
    if (kind === "error") {
      driver.refuse(record, message);
      return;
    }
    const reason = "REASON_CONTAINER_LAUNCH_FAILED";
    const end = { kind: "verdict", state: "TASK_FAILED", reason, message } as const;
    driver.advance(run, { kind: "launchFailed", end });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
