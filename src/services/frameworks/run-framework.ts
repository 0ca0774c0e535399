import { isOperatingError } from "../../api/errors/operating-error.ts";
import type { FrameworkInfo } from "../../api/mesos/framework-info.ts";
import type { SchedulerCall } from "../../api/mesos/scheduler-call.ts";
import type { SchedulerEvent } from "../../api/mesos/scheduler-event.ts";
import type { FrameworkInput, FrameworkLogic } from "../../domain/frameworks/framework-logic.ts";
import { subscribeCall } from "../../domain/frameworks/scheduler-calls.ts";
import { type Clock, sleep } from "../../runtime/ports/clock.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import type { Random } from "../../runtime/ports/random.ts";
import { nextInput } from "./next-input.ts";
import type { SchedulerApi, SchedulerSession } from "./ports.ts";

export interface FrameworkRun<S> {
  readonly logic: FrameworkLogic<S>;
  readonly info: FrameworkInfo;
  /** Of a framework that is to be continued. */
  readonly frameworkId?: string;
  readonly api: SchedulerApi;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** What becomes of its tasks when it is stopped: they end with it, or run on for its failover timeout. Default: run on. */
  readonly atStop?: "teardown" | "leave";
  /** Lines for people, in order. */
  readonly say?: (line: string) => void;
  /** Keeps what a restart needs; awaited before the calls of the step are sent. */
  readonly keep?: (state: S, frameworkId: string) => Promise<void>;
}

/**
 * Runs a framework until its logic ends, the master refuses it, or `stop` aborts; gives the last state. A lost stream is
 * subscribed again with the same id after a random wait of at most `RESUBSCRIBE_MAX_MS`.
 * @throws {OperatingError} CONFIG_INVALID when the master will never take this subscription.
 */
export async function runFramework<S>(run: FrameworkRun<S>, stop: AbortSignal): Promise<S> {
  return new FrameworkRunner(run).run(stop);
}

class FrameworkRunner<S> {
  readonly #run: FrameworkRun<S>;
  #state: S;
  #frameworkId: string | undefined;

  constructor(run: FrameworkRun<S>) {
    this.#run = run;
    this.#state = run.logic.start;
    this.#frameworkId = run.frameworkId;
  }

  async run(stop: AbortSignal): Promise<S> {
    const { clock, logger, random } = this.#run;
    for (let attempt = 0; !stop.aborted; attempt++) {
      const isOver = await this.#attempt(stop, () => (attempt = 0)).catch((error: unknown) => {
        if (!isOperatingError(error, "MASTER_UNAVAILABLE")) throw error;
        logger.warn("no master to talk to", { error, attempt });
        return false;
      });
      if (isOver) break;
      const waitMs =
        random.next() * Math.min(RESUBSCRIBE_MAX_MS, RESUBSCRIBE_MIN_MS * 2 ** attempt);
      await sleep(clock, waitMs, stop).catch(() => undefined);
    }
    return this.#state;
  }

  /** One subscription from its beginning to its end; true when the framework is over. */
  async #attempt(stop: AbortSignal, onSubscribed: () => void): Promise<boolean> {
    // Not `stop` itself: what is said at the end still has to be sent.
    const life = new AbortController();
    const isStopped = (): boolean => stop.aborted;
    const end = (): void => life.abort(new DOMException("the session is over", "AbortError"));
    stop.addEventListener("abort", end, { once: true });
    try {
      const call = subscribeCall(this.#run.info, this.#frameworkId);
      const session = await this.#run.api.subscribe(call, life.signal);
      stop.removeEventListener("abort", end);
      onSubscribed();
      return await this.#follow(session, stop);
    } catch (error) {
      if (!isStopped() || isOperatingError(error, "CONFIG_INVALID")) throw error;
      if (this.#frameworkId !== undefined && this.#run.atStop === "teardown") {
        this.#run.logger.warn("stopped while no master could be told to end the framework");
      }
      return true;
    } finally {
      stop.removeEventListener("abort", end);
      end();
    }
  }

  async #follow(session: SchedulerSession, stop: AbortSignal): Promise<boolean> {
    const { clock, logger } = this.#run;
    const events = session.events[Symbol.asyncIterator]();
    for (let pending = events.next(); ;) {
      const next = await nextInput(pending, this.#wakeAtMs(), clock, stop);
      switch (next.kind) {
        case "stopped":
          await this.#stopped(session);
          return true;
        case "streamEnded":
          logger.info("the master ended the stream");
          return false;
        case "event":
          this.#note(next.event);
          if (await this.#step(session, next)) return true;
          pending = events.next();
          break;
        case "wake":
          if (await this.#step(session, next)) return true;
          break;
      }
    }
  }

  /** True when the framework is over. */
  async #step(session: SchedulerSession, input: FrameworkInput): Promise<boolean> {
    const { logic, say, keep } = this.#run;
    if (this.#isEnded()) return this.#endAgain(session, input);
    const { state, calls, lines = [] } = logic.advance(this.#state, input);
    this.#state = state;
    for (const line of lines) say?.(line);
    if (keep !== undefined && this.#frameworkId !== undefined) {
      await keep(state, this.#frameworkId);
    }
    for (const call of calls) await this.#send(session, call);
    const end = logic.endOf(state);
    if (end === undefined) return false;
    if (end.kind !== "refused") await this.#send(session, { type: "TEARDOWN" });
    return true;
  }

  #isEnded(): boolean {
    return this.#run.logic.endOf(this.#state) !== undefined;
  }

  #wakeAtMs(): number | undefined {
    return this.#isEnded() ? undefined : this.#run.logic.wakeAtMs(this.#state);
  }

  /**
   * The end was reached, and whether the master heard of it was lost with the stream: the end stands, whatever comes now.
   * A master that did hear refuses the framework, which is what was asked of it.
   */
  async #endAgain(session: SchedulerSession, input: FrameworkInput): Promise<boolean> {
    if (input.kind !== "event") return false;
    if (input.event.type === "SUBSCRIBED") await this.#send(session, { type: "TEARDOWN" });
    return input.event.type === "SUBSCRIBED" || input.event.type === "ERROR";
  }

  async #stopped(session: SchedulerSession): Promise<void> {
    if (this.#run.atStop === "teardown") await this.#send(session, { type: "TEARDOWN" });
  }

  async #send(session: SchedulerSession, call: SchedulerCall): Promise<void> {
    const id = this.#frameworkId;
    await session.send(id === undefined ? call : { framework_id: { value: id }, ...call });
  }

  #note(event: SchedulerEvent): void {
    const { logger } = this.#run;
    if (event.type === "SUBSCRIBED" && event.subscribed) {
      this.#frameworkId = event.subscribed.framework_id.value;
      logger.info("subscribed", { frameworkId: this.#frameworkId });
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
}

const RESUBSCRIBE_MIN_MS = 250;
const RESUBSCRIBE_MAX_MS = 15_000;
