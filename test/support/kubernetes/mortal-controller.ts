import { Informers } from "../../../src/runtime/informer/informers.ts";
import type { KubeRef } from "../../../src/runtime/kube/kube-kind.ts";
import { ETERNAL_TERM } from "../../../src/runtime/leader/eternal-term.ts";
import type { Activity } from "../../../src/runtime/manager/manager.ts";
import type { KubeTransport } from "../../../src/runtime/ports/kube-transport.ts";
import { until } from "../../cluster/host/until.ts";
import { Looks } from "./looks.ts";
import { isNoStatus, MortalKube } from "./mortal-kube.ts";
import type { RealKube } from "./real-kube.ts";

const GONE_MAX_MS = 60_000;

/** What the activities of a controller are made with. */
export type ControllerKit = Pick<RealKube, "clock" | "random" | "logger" | "meter"> & {
  readonly kube: KubeTransport;
  readonly informers: Informers;
};

export interface MortalControllerParts {
  /** As its metrics have it. */
  readonly name: string;
  readonly real: RealKube;
  /** The one whose writes are told and count. */
  readonly namespace: string;
  /** The account under which it reads and writes. */
  readonly account: KubeTransport;
  readonly activities: (kit: ControllerKit) => readonly Activity[];
}

/** A controller on the real cluster that is stopped, started anew, and told after which of its writes to be gone. */
export class MortalController {
  /** As `apply Rollout/web`. */
  readonly writes: string[] = [];
  readonly #parts: MortalControllerParts;
  readonly #looks: Looks;
  #stop = new AbortController();
  #running: Promise<unknown> = Promise.resolve();

  constructor(parts: MortalControllerParts) {
    this.#parts = parts;
    this.#looks = new Looks(parts.real, parts.name, this.writes);
  }

  /**
   * Starts it, anew after {@link stop}: nothing is kept in memory between.
   * @param diesAfter the write, not counting statuses, after which it is gone.
   */
  async start(diesAfter = Infinity): Promise<void> {
    const { real, namespace, account, activities } = this.#parts;
    const { clock, random, logger, meter } = real;
    const stop = new AbortController();
    this.#stop = stop;
    const note = (what: string): void => void this.writes.push(what);
    const kube = new MortalKube(account, { diesAfter, counts: isNoStatus, note, namespace });
    const common = { clock, random, logger, meter };
    const informers = new Informers({ ...common, reader: kube, freeze: true });
    const made = activities({ ...common, kube, informers });
    await informers.start(stop.signal);
    this.#running = Promise.all(made.map((one) => one.run(ETERNAL_TERM, stop.signal)));
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** Another one, which knows nothing of the one before; `writes` begin anew. */
  async restart(diesAfter = Infinity): Promise<void> {
    await this.stop();
    this.writes.length = 0;
    await this.start(diesAfter);
  }

  /** Waits until it is gone, as {@link start} was told, and starts another. */
  async untilDied(diesAfter: number): Promise<void> {
    const isGone = (): boolean => this.writes.filter(isNoStatus).length >= diesAfter;
    await until("it died", isGone, { timeoutMs: GONE_MAX_MS });
    await this.restart();
  }

  /** Resolves when it has looked at the object, and neither wrote nor means to come back. */
  async untilQuiet(ref: KubeRef): Promise<void> {
    await this.#looks.untilQuiet(ref);
  }

  /** Lets it look `times` times more, to see what it does. */
  async lookAgain(ref: KubeRef, times = 3): Promise<void> {
    await this.#looks.more(ref, times);
  }
}
