import { expect } from "chai";
import { OperatingError } from "../../../../src/api/errors/operating-error.ts";
import type { SchedulerCall } from "../../../../src/api/mesos/scheduler-call.ts";
import type { SchedulerEvent } from "../../../../src/api/mesos/scheduler-event.ts";
import type {
  FrameworkInput,
  FrameworkLogic,
} from "../../../../src/domain/frameworks/framework-logic.ts";
import type { SchedulerApi } from "../../../../src/services/frameworks/ports.ts";
import { runFramework } from "../../../../src/services/frameworks/run-framework.ts";
import { heartbeatEvent, subscribedEvent } from "../../../support/frameworks/offers.ts";
import { RecordingLogger } from "../../../support/recording-logger.ts";
import { SeededRandom } from "../../../support/seeded-random.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

/** A master whose sessions a test feeds; it refuses while `refusal` is set. */
class FakeMaster implements SchedulerApi {
  readonly subscriptions: SchedulerCall[] = [];
  readonly sent: SchedulerCall[] = [];
  refusal: OperatingError | undefined;
  #feed: ((event: SchedulerEvent | undefined) => void) | undefined;

  subscribe(call: SchedulerCall): ReturnType<SchedulerApi["subscribe"]> {
    this.subscriptions.push(call);
    if (this.refusal !== undefined) return Promise.reject(this.refusal);
    const inbox: (SchedulerEvent | undefined)[] = [];
    let wake = (): void => undefined;
    this.#feed = (event) => {
      inbox.push(event);
      wake();
    };
    async function* events(): AsyncGenerator<SchedulerEvent> {
      for (;;) {
        while (inbox.length === 0) await new Promise<void>((resolve) => (wake = resolve));
        const event = inbox.shift();
        if (event === undefined) return;
        yield event;
      }
    }
    const send = (next: SchedulerCall): Promise<void> => {
      this.sent.push(next);
      return this.refusal === undefined ? Promise.resolve() : Promise.reject(this.refusal);
    };
    return Promise.resolve({ events: events(), send });
  }

  /** Undefined ends the stream. */
  feed(event: SchedulerEvent | undefined): void {
    this.#feed?.(event);
  }
}

interface Count {
  readonly heartbeats: number;
  readonly wakes: number;
}

/** Asks for offers with each heartbeat, is woken at 5 s, and is done with the third heartbeat. */
const counting: FrameworkLogic<Count> = {
  start: { heartbeats: 0, wakes: 0 },
  advance: (state, input) => {
    if (input.kind === "wake")
      return { state: { ...state, wakes: 1 }, calls: [], lines: ["woken"] };
    if (input.event.type !== "HEARTBEAT") return { state, calls: [] };
    return { state: { ...state, heartbeats: state.heartbeats + 1 }, calls: [{ type: "REVIVE" }] };
  },
  endOf: ({ heartbeats }) => (heartbeats >= 3 ? { kind: "done" } : undefined),
  wakeAtMs: ({ wakes }) => (wakes === 0 ? 5000 : undefined),
};

/** Done at once; an error that comes after would undo it. */
const endsAtSubscribed = (
  _state: Count,
  input: FrameworkInput,
): ReturnType<typeof counting.advance> => ({
  state: {
    heartbeats: input.kind === "event" && input.event.type === "SUBSCRIBED" ? 3 : 0,
    wakes: 1,
  },
  calls: [],
});

describe("runFramework", () => {
  let clock: VirtualClock;
  let master: FakeMaster;
  let stop: AbortController;
  beforeEach(() => {
    clock = new VirtualClock();
    master = new FakeMaster();
    stop = new AbortController();
  });
  const run = (more: object = {}): Promise<Count> =>
    runFramework(
      {
        logic: counting,
        info: { user: "u", name: "n" },
        api: master,
        clock,
        random: new SeededRandom(1),
        logger: new RecordingLogger(),
        ...more,
      },
      stop.signal,
    );
  const types = (): unknown[] => master.sent.map(({ type }) => type);

  it("sends what its logic decides, with its id, and tears down when that is done", async () => {
    const end = run();
    await clock.settle();
    for (const event of [subscribedEvent, heartbeatEvent, heartbeatEvent, heartbeatEvent]) {
      master.feed(event);
    }
    expect((await end).heartbeats).to.equal(3);
    expect(types()).to.deep.equal(["REVIVE", "REVIVE", "REVIVE", "TEARDOWN"]);
    expect(master.sent.every(({ framework_id }) => framework_id?.value === "F")).to.equal(true);
  });

  for (const [what, answer, wanted] of [
    ["did not hear", subscribedEvent, ["TEARDOWN", "TEARDOWN"]],
    ["heard", { type: "ERROR", error: { message: "completed" } } as const, ["TEARDOWN"]],
  ] as const) {
    it(`keeps its end when the answer to TEARDOWN is lost and the master ${what}`, async () => {
      const end = run({ logic: { ...counting, advance: endsAtSubscribed } });
      await clock.settle();
      master.refusal = new OperatingError("MASTER_UNAVAILABLE", "the answer is lost");
      master.feed(subscribedEvent);
      await clock.settle();
      master.refusal = undefined;
      await clock.advance(20_000);
      master.feed(answer);
      expect((await end).heartbeats).to.equal(3);
      expect(types()).to.deep.equal(wanted);
    });
  }

  it("subscribes again with the same id when the stream ends (HA-02)", async () => {
    const end = run();
    await clock.settle();
    master.feed(subscribedEvent);
    master.feed(undefined);
    await clock.advance(20_000);
    expect(master.subscriptions.map(({ framework_id }) => framework_id?.value)).to.deep.equal([
      undefined,
      "F",
    ]);
    expect(master.subscriptions[1]?.subscribe?.framework_info.id?.value).to.equal("F");
    stop.abort();
    await end;
  });

  it("waits for a master that is away, and gives up on one that never will", async () => {
    master.refusal = new OperatingError("MASTER_UNAVAILABLE", "away");
    const end = run();
    await clock.advance(60_000);
    expect(master.subscriptions.length).to.be.within(4, 40);
    master.refusal = new OperatingError("CONFIG_INVALID", "401");
    const failed = end.catch((error: unknown) => error);
    await clock.advance(20_000);
    expect(await failed).to.equal(master.refusal);
  });

  it("wakes its logic at the time it asked for, also while nothing happens", async () => {
    const lines: string[] = [];
    const end = run({ say: (line: string) => lines.push(line) });
    await clock.settle();
    master.feed(subscribedEvent);
    await clock.advance(4999);
    expect(lines).to.deep.equal([]);
    await clock.advance(1);
    expect(lines).to.deep.equal(["woken"]);
    stop.abort();
    expect((await end).wakes).to.equal(1);
  });

  it("keeps what a restart needs before it sends what follows from it", async () => {
    const kept: unknown[] = [];
    const keep = (state: Count, id: string): Promise<void> => {
      kept.push([id, state.heartbeats, master.sent.length]);
      return Promise.resolve();
    };
    const end = run({ keep });
    await clock.settle();
    master.feed(subscribedEvent);
    master.feed(heartbeatEvent);
    await clock.settle();
    expect(kept).to.deep.equal([
      ["F", 0, 0],
      ["F", 1, 0],
    ]);
    stop.abort();
    await end;
  });

  for (const [atStop, wanted] of [
    ["teardown", ["TEARDOWN"]],
    ["leave", []],
  ] as const) {
    it(`when stopped, with ${atStop}, sends ${wanted.join() || "nothing"}`, async () => {
      const end = run({ atStop });
      await clock.settle();
      master.feed(subscribedEvent);
      await clock.settle();
      stop.abort();
      await end;
      expect(types()).to.deep.equal(wanted);
    });
  }

  it("ends at once when it is stopped before a master was found", async () => {
    master.refusal = new OperatingError("MASTER_UNAVAILABLE", "away");
    const end = run();
    await clock.settle();
    stop.abort();
    expect((await end).heartbeats).to.equal(0);
  });
});
