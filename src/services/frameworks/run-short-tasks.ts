import { isOperatingError } from "../../api/errors/operating-error.ts";
import type { FrameworkInfo } from "../../api/mesos/framework-info.ts";
import type { SchedulerEvent } from "../../api/mesos/scheduler-event.ts";
import {
  advanceShortTasks,
  isShortTasksDone,
  SHORT_TASKS_START,
  type ShortTasksSpec,
  type ShortTasksState,
} from "../../domain/frameworks/short-tasks.ts";
import { type Clock, sleep } from "../../runtime/ports/clock.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import type { Random } from "../../runtime/ports/random.ts";
import type { SchedulerApi, SchedulerSession } from "./ports.ts";

export interface ShortTasksFramework {
  readonly spec: ShortTasksSpec;
  readonly info: FrameworkInfo;
  readonly api: SchedulerApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/**
 * Runs the framework until its tasks are done, the master refuses it, or `signal` aborts; gives the last state.
 * A lost stream is subscribed again with the same id after a random wait of at most `RESUBSCRIBE_MAX_MS`.
 */
export async function runShortTasks(
  framework: ShortTasksFramework,
  signal: AbortSignal,
): Promise<ShortTasksState> {
  const { clock, logger, random } = framework;
  let state = SHORT_TASKS_START;
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      const session = await framework.api.subscribe(subscribeCall(framework, state), signal);
      attempt = 0;
      state = await follow(framework, session, state, (next) => (state = next));
      if (state.error !== undefined || isShortTasksDone(framework.spec, state)) break;
      logger.info("the master ended the stream");
    } catch (error) {
      if (hasAborted(signal)) break;
      if (!isOperatingError(error, "MASTER_UNAVAILABLE")) throw error;
      logger.warn("no master to talk to", { error, attempt });
    }
    const waitMs = random.next() * Math.min(RESUBSCRIBE_MAX_MS, RESUBSCRIBE_MIN_MS * 2 ** attempt);
    await sleep(clock, waitMs, signal).catch(() => undefined);
  }
  return state;
}

async function follow(
  { spec, logger }: ShortTasksFramework,
  session: SchedulerSession,
  before: ShortTasksState,
  keep: (state: ShortTasksState) => void,
): Promise<ShortTasksState> {
  let state = before;
  for await (const event of session.events) {
    logEvent(logger, event);
    const step = advanceShortTasks(spec, state, event);
    state = step.state;
    keep(state);
    for (const call of step.calls) await session.send(call);
    if (state.error !== undefined) break;
    if (isShortTasksDone(spec, state)) {
      await session.send({ type: "TEARDOWN", ...frameworkId(state) });
      break;
    }
  }
  return state;
}

function logEvent(logger: Logger, event: SchedulerEvent): void {
  if (event.type === "SUBSCRIBED" && event.subscribed) {
    logger.info("subscribed", { frameworkId: event.subscribed.framework_id.value });
  }
  if (event.type === "UPDATE" && event.update) {
    const { task_id, state, reason } = event.update.status;
    logger.info("task update", {
      taskId: task_id.value,
      outcome: state,
      ...(reason === undefined ? {} : { reason }),
    });
  }
  if (event.type === "ERROR") {
    logger.warn("the master refuses this framework", { reason: event.error?.message ?? "" });
  }
}

function subscribeCall({ info }: ShortTasksFramework, state: ShortTasksState) {
  const id = frameworkId(state);
  return {
    type: "SUBSCRIBE" as const,
    ...id,
    subscribe: {
      framework_info: id.framework_id === undefined ? info : { ...info, id: id.framework_id },
    },
  };
}

function frameworkId(state: ShortTasksState): { readonly framework_id?: { value: string } } {
  return state.frameworkId === undefined ? {} : { framework_id: { value: state.frameworkId } };
}

/** Read through a call: the compiler believes that a getter cannot change while the loop runs. */
function hasAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

const RESUBSCRIBE_MIN_MS = 250;
const RESUBSCRIBE_MAX_MS = 15_000;
