import { setTimeout as pause } from "node:timers/promises";
import { SchedulerHttp } from "../../../src/adapters/mesos-scheduler-http/scheduler-http.ts";
import { SystemClock } from "../../../src/adapters/system-clock/system-clock.ts";
import { SystemRandom } from "../../../src/adapters/system-random/system-random.ts";
import type { SchedulerCall } from "../../../src/api/mesos/scheduler-call.ts";
import type { SchedulerEvent } from "../../../src/api/mesos/scheduler-event.ts";
import type { ShortTasksState } from "../../../src/domain/frameworks/short-tasks.ts";
import type { SchedulerApi, SchedulerSession } from "../../../src/services/frameworks/ports.ts";
import { runShortTasks } from "../../../src/services/frameworks/run-short-tasks.ts";
import { RecordingLogger } from "../recording-logger.ts";
import { TaskBook } from "./task-book.ts";

export interface StoryFrameworkSpec {
  readonly name: string;
  readonly role: string;
  /** Tasks that shall finish; absent = for ever. */
  readonly tasks?: number;
  readonly parallel: number;
  readonly cpus: number;
  readonly memMiB?: number;
  readonly command: string;
}

/** A Mesos framework outside the cluster: speaks plain HTTP to whichever master leads, and keeps book of all it hears. */
export class StoryFramework {
  readonly book = new TaskBook();
  readonly #stop = new AbortController();
  readonly #ended: Promise<ShortTasksState>;
  #frameworkId = "";
  #isOver = false;

  /** `masters` is asked before every subscription: masters come and go with their Pods. */
  constructor(spec: StoryFrameworkSpec, masters: () => readonly string[]) {
    this.#ended = runShortTasks(
      {
        spec: {
          name: spec.name,
          ...(spec.tasks === undefined ? {} : { total: spec.tasks }),
          parallel: spec.parallel,
          cpuMillis: Math.round(spec.cpus * 1000),
          memMiB: spec.memMiB ?? 32,
          command: spec.command,
        },
        info: {
          user: "65534",
          name: spec.name,
          roles: [spec.role],
          failover_timeout: 3600,
          checkpoint: true,
          capabilities: [{ type: "MULTI_ROLE" }, { type: "PARTITION_AWARE" }],
        },
        api: this.#recording(masters),
        clock: new SystemClock(),
        random: new SystemRandom(),
        logger: new RecordingLogger(),
      },
      this.#stop.signal,
    );
    // Told by whoever waits for the end; until then it must not count as unhandled.
    this.#ended.catch(() => undefined);
  }

  /** Empty until it is subscribed for the first time. */
  get id(): string {
    return this.#frameworkId;
  }

  /** It went, and the master knows: it was told so, or it told so itself when its work was done. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Its last state, once all tasks have finished. @throws {Error} when that takes longer. */
  async finished(seconds: number): Promise<ShortTasksState> {
    const timer = new AbortController();
    const late = pause(seconds * 1000, undefined, { signal: timer.signal }).then(() => {
      throw new Error(
        `the framework is not done after ${seconds} s: ${JSON.stringify(this.book.entries())}`,
      );
    });
    try {
      return await Promise.race([this.#ended, late]);
    } finally {
      timer.abort();
      late.catch(() => undefined);
    }
  }

  /** Goes away without a word; the master keeps its tasks for the failover timeout. */
  async disconnect(): Promise<void> {
    this.#stop.abort();
    await this.#ended.catch(() => undefined);
  }

  #recording(masters: () => readonly string[]): SchedulerApi {
    return {
      subscribe: async (call, signal): Promise<SchedulerSession> => {
        const http = new SchedulerHttp({ masters: masters() });
        const session = await http.subscribe(call, signal);
        return {
          events: this.#heard(session.events, http),
          send: async (next: SchedulerCall) => {
            this.book.sent(next);
            await session.send(next);
            if (next.type === "TEARDOWN") this.#isOver = true;
          },
        };
      },
    };
  }

  async *#heard(
    events: AsyncIterable<SchedulerEvent>,
    http: SchedulerHttp,
  ): AsyncGenerator<SchedulerEvent> {
    try {
      for await (const event of events) {
        this.book.received(event);
        if (event.subscribed) this.#frameworkId = event.subscribed.framework_id.value;
        yield event;
      }
    } finally {
      await http.close();
    }
  }
}
