import { expect } from "chai";
import { OperatingError } from "../../../../src/api/errors/operating-error.ts";
import { Manager, type Activity, type Component } from "../../../../src/runtime/manager/manager.ts";
import type { Election, ElectionCallbacks, Term } from "../../../../src/runtime/leader/term.ts";
import { RecordingLogger } from "../../../support/recording-logger.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

const term: Term = { number: 1, isCurrent: () => true, signal: new AbortController().signal };

class ScriptedElection implements Election {
  callbacks: ElectionCallbacks | undefined;
  readonly #log: string[];

  constructor(log: string[]) {
    this.#log = log;
  }

  run(callbacks: ElectionCallbacks, signal: AbortSignal): Promise<void> {
    this.#log.push("election on");
    this.callbacks = callbacks;
    return new Promise((resolve) =>
      signal.addEventListener("abort", () => {
        this.#log.push("lease released");
        resolve();
      }),
    );
  }
  current(): Term | undefined {
    return undefined;
  }
  leader(): string {
    return "";
  }
}

describe("Manager", () => {
  let clock: VirtualClock;
  let log: string[];
  let stop: AbortController;
  let election: ScriptedElection;

  beforeEach(() => {
    clock = new VirtualClock();
    log = [];
    stop = new AbortController();
    election = new ScriptedElection(log);
  });

  const component = (name: string, failure?: Error): Component => ({
    name,
    start: () => {
      log.push(`${name} on`);
      return failure === undefined ? Promise.resolve() : Promise.reject(failure);
    },
    stop: () => {
      log.push(`${name} off`);
      return Promise.resolve();
    },
  });
  const activity = (drainMs: number): Activity => ({
    name: "loop",
    run: async (_term, signal) => {
      log.push("loop on");
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
      await new Promise<void>((resolve) => void clock.after(drainMs, resolve));
      log.push("loop drained");
    },
  });
  const manager = (drainMs = 100, failure?: Error): Manager =>
    new Manager({
      clock,
      logger: new RecordingLogger(),
      servers: [component("health")],
      services: [component("service", failure)],
      election,
      activities: [activity(drainMs)],
      closers: [
        () => {
          log.push("events flushed");
          return Promise.resolve();
        },
      ],
    });

  it("starts in order, and stops in the order that loses nothing", async () => {
    const ended = manager().run(stop.signal);
    await clock.settle();
    election.callbacks?.onWon(term);
    stop.abort();
    await clock.advance(1_000);
    expect(await ended).to.equal(0);
    expect(log).to.deep.equal([
      "health on",
      "service on",
      "election on",
      "loop on",
      "loop drained",
      "service off",
      "lease released",
      "events flushed",
      "health off",
    ]);
  });

  it("is ready as a standby too, and no longer while it stops", async () => {
    const one = manager();
    const isReady = (): boolean => one.readiness.every(({ failure }) => failure() === undefined);
    const ended = one.run(stop.signal);
    expect(isReady()).to.equal(false);
    await clock.settle();
    expect(isReady()).to.equal(true);
    stop.abort();
    await clock.settle();
    expect(isReady()).to.equal(false);
    await ended;
  });

  it("ends with 1 at once, without draining, when the term is lost", async () => {
    const ended = manager().run(stop.signal);
    await clock.settle();
    election.callbacks?.onWon(term);
    election.callbacks?.onLost(term, false);
    expect(await ended).to.equal(1);
    expect(log).not.to.include("loop drained");
  });

  it("ends with 1 when stopping takes longer than 30 s", async () => {
    const ended = manager(40_000).run(stop.signal);
    await clock.settle();
    election.callbacks?.onWon(term);
    stop.abort();
    await clock.advance(30_000);
    expect(await ended).to.equal(1);
  });

  for (const [code, exit] of [
    ["CONFIG_INVALID", 2],
    ["KUBE_TOO_OLD", 3],
    ["CRD_SCHEMA_OLD", 3],
    ["KUBE_UNAVAILABLE", 1],
  ] as const) {
    it(`ends with ${exit} when it cannot start for ${code}, and stops what it had started`, async () => {
      const ended = manager(0, new OperatingError(code, "made by the test")).run(stop.signal);
      await clock.settle();
      expect(await ended).to.equal(exit);
      expect(log).to.deep.equal(["health on", "service on", "events flushed", "health off"]);
    });
  }
});
