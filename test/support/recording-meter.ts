import { invariant } from "../../src/api/invariant.ts";
import type {
  Counter,
  Gauge,
  Histogram,
  LabelValues,
  Meter,
  MetricSpec,
} from "../../src/runtime/ports/meter.ts";

/** Keeps the values of every series: a counter's sum, a gauge's last value, a histogram's observations. */
export class RecordingMeter implements Meter {
  readonly specs = new Map<string, MetricSpec>();
  readonly #values = new Map<string, number>();
  readonly #observed = new Map<string, number[]>();
  readonly #updates: (() => void)[] = [];

  counter(spec: MetricSpec): Counter {
    this.#define(spec);
    return {
      add: (value = 1, labels = {}) => {
        invariant(value >= 0, "a counter never goes down");
        const key = this.#series(spec, labels);
        this.#values.set(key, (this.#values.get(key) ?? 0) + value);
      },
    };
  }

  gauge(spec: MetricSpec): Gauge {
    this.#define(spec);
    return {
      set: (value, labels = {}) => void this.#values.set(this.#series(spec, labels), value),
      remove: (labels) => void this.#values.delete(this.#series(spec, labels)),
    };
  }

  histogram(spec: MetricSpec & { readonly buckets: readonly number[] }): Histogram {
    this.#define(spec);
    return {
      observe: (value, labels = {}) => {
        const key = this.#series(spec, labels);
        const seen = this.#observed.get(key);
        if (seen === undefined) this.#observed.set(key, [value]);
        else seen.push(value);
      },
    };
  }

  onCollect(update: () => void): void {
    this.#updates.push(update);
  }

  /** The value of a counter or gauge now; 0 for a series never touched. */
  value(name: string, labels: LabelValues = {}): number {
    for (const update of this.#updates) update();
    return this.#values.get(seriesKey(name, labels)) ?? 0;
  }

  /** What a histogram saw. */
  observed(name: string, labels: LabelValues = {}): readonly number[] {
    return this.#observed.get(seriesKey(name, labels)) ?? [];
  }

  /** How many series exist, for tests that hold their number constant. */
  get seriesCount(): number {
    return this.#values.size + this.#observed.size;
  }

  #define(spec: MetricSpec): void {
    this.specs.set(spec.name, spec);
  }

  #series(spec: MetricSpec, labels: LabelValues): string {
    const want = [...(spec.labelNames ?? [])].sort().join();
    invariant(Object.keys(labels).sort().join() === want, `${spec.name} has the labels ${want}`);
    return seriesKey(spec.name, labels);
  }
}

function seriesKey(name: string, labels: LabelValues): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${name}${JSON.stringify(sorted)}`;
}
