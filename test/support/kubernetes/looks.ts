import { RECONCILE_RESULTS } from "../../../src/runtime/controller/controller-metrics.ts";
import type { KubeRef } from "../../../src/runtime/kube/kube-kind.ts";
import { until } from "../../cluster/host/until.ts";
import type { RealKube } from "./real-kube.ts";

const LOOK_MAX_MS = 30_000;
const BETWEEN_MS = 200;
/** Longer than a status may be held back. */
const QUIET_MAX_MS = 60_000;

interface Counted {
  readonly looks: number;
  /** Of them those that have nothing to come back for. */
  readonly done: number;
  readonly writes: number;
}

/** The looks of one controller at its objects, to see that it leaves them alone: what does not look writes nothing either. */
export class Looks {
  readonly #kube: RealKube;
  readonly #controller: string;
  readonly #writes: readonly string[];

  /** @param writes of the controller, in their order. */
  constructor(kube: RealKube, controller: string, writes: readonly string[]) {
    this.#kube = kube;
    this.#controller = controller;
    this.#writes = writes;
  }

  /** Wakes the controller with a change of the object that means nothing, `times` times, and waits for a look after each. */
  async more(ref: KubeRef, times: number): Promise<void> {
    for (let time = 0; time < times; time += 1) await this.#one(ref);
  }

  /**
   * Wakes it until a look has nothing to write and nothing to come back for, such as a status that is held back.
   * @throws after a minute, with the last writes.
   */
  async untilQuiet(ref: KubeRef): Promise<void> {
    const isQuiet = async (): Promise<true> => {
      const before = this.#count();
      await this.#one(ref);
      const after = this.#count();
      const areDone = after.done - before.done === after.looks - before.looks;
      if (areDone && after.writes === before.writes) return true;
      throw new Error(this.#writes.slice(-10).join(", "));
    };
    const what = `${this.#controller} leaves ${ref.name} alone`;
    await until(what, isQuiet, { timeoutMs: QUIET_MAX_MS, intervalMs: BETWEEN_MS });
  }

  async #one(ref: KubeRef): Promise<void> {
    const { random, transport } = this.#kube;
    const { looks } = this.#count();
    const annotations = { "test/look-again": random.uuid() };
    const patch = { metadata: { annotations } };
    const signal = AbortSignal.timeout(LOOK_MAX_MS);
    await transport.patch(ref, { type: "merge", patch }, { signal });
    const hasLooked = (): boolean => this.#count().looks > looks;
    const what = `${this.#controller} looks at ${ref.name}`;
    await until(what, hasLooked, { timeoutMs: LOOK_MAX_MS, intervalMs: 20 });
  }

  #count(): Counted {
    const of = (result: string): number =>
      this.#kube.meter.value("controller_runtime_reconcile_total", {
        controller: this.#controller,
        result,
      });
    const looks = RECONCILE_RESULTS.reduce((sum, result) => sum + of(result), 0);
    return { looks, done: of("success"), writes: this.#writes.length };
  }
}
