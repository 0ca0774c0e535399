import { isRunOver } from "../../../domain/agent/run.ts";
import type { Clock } from "../../../runtime/ports/clock.ts";
import type { Logger } from "../../../runtime/ports/logger.ts";
import type { AgentIdentity } from "../agent-identity.ts";
import type { DurableUpdates } from "./durable-updates.ts";
import type { LaunchAttempts } from "./launch-attempts.ts";
import type { Journal, Launcher } from "../ports.ts";
import type { OperationKeeper } from "../operation-keeper.ts";
import { planRecovery, type RecoveryStep, resumeEffects } from "./recovery-plan.ts";
import type { RunCompletion } from "./run-completion.ts";
import type { RunDriver } from "./run-driver.ts";
import type { RunTable } from "./run-table.ts";
import { streamRefOf, type UpdateDriver } from "./update-driver.ts";

export interface RecoveryParts {
  readonly journal: Journal;
  readonly launcher: Launcher;
  readonly identity: AgentIdentity;
  readonly runs: RunTable;
  readonly updates: UpdateDriver;
  readonly driver: RunDriver;
  readonly statuses: DurableUpdates;
  readonly attempts: LaunchAttempts;
  readonly completion: RunCompletion;
  readonly operations: OperationKeeper;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Takes up what a former life of the agent left: reads the journal, has the launcher find its runs, goes on with each.
 * @throws {OperatingError} AGENT_WORK_DIR_LOCKED, AGENT_META_CORRUPT.
 */
export async function recover(parts: RecoveryParts): Promise<void> {
  const { journal, launcher, identity, runs, updates, clock, logger } = parts;
  const journaled = await journal.open();
  identity.restore(journaled.agentId);
  parts.operations.restore(journaled.operations);
  const recovered = await launcher.recover(journaled.runs);
  const plan = planRecovery({
    recovered,
    recorded: journaled.runs,
    nowMs: clock.nowMs(),
    look: (record) => launcher.look(record),
  });
  for (const { run, streams } of plan) {
    runs.put(run);
    for (const [taskId, stream] of streams)
      updates.restore(streamRefOf(run.record, taskId), stream);
  }
  for (const step of plan) goOn(parts, step);
  if (plan.length > 0) logger.info("recovered runs of a former life", { count: plan.length });
}

function goOn(parts: RecoveryParts, { run, tell, failed }: RecoveryStep): void {
  const { driver, statuses, attempts, completion } = parts;
  for (const { taskId, draft } of tell) statuses.tell(run.record, taskId, draft);
  if (failed !== undefined) driver.advance(run, { kind: "launchFailed", end: failed });
  else if (run.phase === "admitted") attempts.start(run);
  else if (isRunOver(run)) completion.completeIfQuiet(run.record);
  for (const effect of resumeEffects(run)) driver.apply(run.record, effect);
}
