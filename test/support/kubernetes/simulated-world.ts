import { Informers } from "../../../src/runtime/informer/informers.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import { ETERNAL_TERM } from "../../../src/runtime/leader/eternal-term.ts";
import type { Term } from "../../../src/runtime/leader/term.ts";
import type { Logger } from "../../../src/runtime/ports/logger.ts";
import type { Meter } from "../../../src/runtime/ports/meter.ts";
import type { Random } from "../../../src/runtime/ports/random.ts";
import { RecordingLogger } from "../recording-logger.ts";
import { RecordingMeter } from "../recording-meter.ts";
import { SeededRandom } from "../seeded-random.ts";
import { VirtualClock } from "../virtual-clock.ts";
import { FakeKube } from "./fake-kube.ts";
import { MortalKube } from "./mortal-kube.ts";
import type { StandIn } from "./stand-ins/change.ts";

const STEP_MS = 100;
/** While nothing changes. */
const QUIET_STEP_MS = 1_000;
/** Longer than a status may be held back, and than a hot loop is slowed down to. */
const QUIET_MS = 15_000;
const SETTLE_MAX_MS = 600_000;

/** What a process under test is made from. */
export interface ProcessParts {
  readonly kube: MortalKube;
  readonly informers: Informers;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly logger: Logger;
  readonly meter: Meter;
}

interface Activity {
  readonly run: (term: Term, signal: AbortSignal) => Promise<void>;
}

interface Process {
  readonly kube: MortalKube;
  readonly stop: () => Promise<void>;
}

export interface WorldParts {
  /** Played after each change, in this order. */
  readonly standIns: readonly StandIn[];
  readonly compose: (parts: ProcessParts) => readonly Activity[];
}

/**
 * A process of ours over a fake API server and stand-ins of Kubernetes' own controllers, in virtual time. A process that
 * dies is followed by a fresh one, which knows nothing of it.
 */
export class SimulatedWorld {
  readonly clock: VirtualClock;
  readonly kube: FakeKube;
  /** Writes of the processes, as `apply Rollout/web`. */
  readonly writes: string[] = [];
  readonly #parts: WorldParts;
  readonly #podsSeen: Set<string>;
  #process: Process | undefined;
  #playedAt = 0;

  /** @param from a world without a process, as which this one begins. */
  constructor(parts: WorldParts, from?: SimulatedWorld) {
    this.#parts = parts;
    this.clock = new VirtualClock(from === undefined ? {} : { startMs: from.clock.nowMs() });
    this.kube = new FakeKube(() => this.clock.nowMs(), from?.kube);
    this.#podsSeen = new Set(from === undefined ? [] : from.#podsSeen);
  }

  /** Pods that were ever made. */
  get podsStarted(): number {
    return this.#podsSeen.size;
  }

  /** Starts the process; this one dies after its write `diesAfter`. */
  async start(diesAfter = Infinity): Promise<void> {
    const kube = new MortalKube(this.kube, { diesAfter, note: (what) => this.writes.push(what) });
    const { clock } = this;
    const random = new SeededRandom(1);
    const parts = { clock, random, logger: new RecordingLogger(), meter: new RecordingMeter() };
    const informers = new Informers({ ...parts, reader: kube, freeze: true });
    const activities = this.#parts.compose({ ...parts, kube, informers });
    const stop = new AbortController();
    const starting = informers.start(stop.signal);
    await clock.settle();
    await starting;
    const running = activities.map((activity) => activity.run(ETERNAL_TERM, stop.signal));
    this.#process = {
      kube,
      stop: async () => {
        stop.abort();
        await clock.advance(STEP_MS);
        await Promise.all(running);
        await informers.stopped();
      },
    };
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
    this.#process = undefined;
  }

  /** Lets time pass. A process that has died by then is buried, and a fresh one started a second later. */
  async pass(ms: number): Promise<void> {
    const endMs = this.clock.monotonicMs() + ms;
    while (this.clock.monotonicMs() < endMs) {
      await this.#step(endMs - this.clock.monotonicMs());
      if (this.#process?.kube.isDead !== true) continue;
      await this.stop();
      await this.pass(1_000);
      await this.start();
    }
  }

  /**
   * Lets time pass until nothing has changed for a while.
   * @throws when that takes more than ten minutes.
   */
  async settle(): Promise<void> {
    const endMs = this.clock.monotonicMs() + SETTLE_MAX_MS;
    for (let seen = -1; seen !== this.kube.revision;) {
      if (this.clock.monotonicMs() > endMs) {
        throw new Error(`not quiet after ten minutes: ${this.writes.slice(-10).join(", ")}`);
      }
      seen = this.kube.revision;
      await this.pass(QUIET_MS);
    }
  }

  /** One look of the stand-ins; they take their time while there is nothing to do. */
  async #step(atMostMs: number): Promise<void> {
    const isQuiet = this.#playedAt === this.kube.revision;
    await this.clock.advance(Math.min(atMostMs, isQuiet ? QUIET_STEP_MS : STEP_MS));
    this.#play();
  }

  #play(): void {
    if (this.#playedAt === this.kube.revision) return;
    this.#playedAt = this.kube.revision;
    for (const standIn of this.#parts.standIns) standIn(this.kube, this.clock.nowMs());
    for (const { metadata } of this.kube.peek(KINDS.Pod)) this.#podsSeen.add(metadata.uid!);
  }
}
