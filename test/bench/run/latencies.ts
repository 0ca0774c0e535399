import { createHistogram } from "node:perf_hooks";
import type { Spread } from "../bench.ts";

const NS_PER_MS = 1e6;

/** Durations in an HDR histogram of three digits; nothing is kept one by one. */
export class Latencies {
  readonly #histogram = createHistogram({ figures: 3 });

  /** A negative duration is a clock's jitter and counts as none. */
  note(ms: number): void {
    this.#histogram.record(Math.max(1, Math.round(ms * NS_PER_MS)));
  }

  /** Forgets the warm-up. */
  reset(): void {
    this.#histogram.reset();
  }

  get count(): number {
    return this.#histogram.count;
  }

  spread(): Spread {
    const at = (percent: number): number => this.#histogram.percentile(percent) / NS_PER_MS;
    return {
      min: this.#histogram.min / NS_PER_MS,
      p50: at(50),
      p90: at(90),
      p99: at(99),
      p999: at(99.9),
      max: this.#histogram.max / NS_PER_MS,
    };
  }
}
