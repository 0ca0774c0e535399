import {
  Counter as PromCounter,
  Gauge as PromGauge,
  Histogram as PromHistogram,
  Registry,
  collectDefaultMetrics,
} from "prom-client";
import { invariant } from "../../api/invariant.ts";
import type { Counter, Gauge, Histogram, Meter, MetricSpec } from "../../runtime/ports/meter.ts";

type Kind = "counter" | "gauge" | "histogram";
interface Defined<H> {
  readonly signature: string;
  readonly handle: H;
}

/** Metrics on a prom-client registry of its own; {@link expose} gives the text a scraper reads. */
export class PromMeter implements Meter {
  readonly #registry = new Registry();
  readonly #defined = new Map<string, Defined<Counter | Gauge | Histogram>>();
  readonly #updates: (() => void)[] = [];

  /** `defaults`: also prom-client's `process_*` and `nodejs_*`. */
  constructor(options: { readonly defaults: boolean }) {
    if (options.defaults) collectDefaultMetrics({ register: this.#registry });
  }

  counter(spec: MetricSpec): Counter {
    return this.#define("counter", spec, (): Counter => {
      const metric = new PromCounter(this.#config(spec));
      return { add: (value = 1, labels = {}) => metric.inc(labels, value) };
    });
  }

  gauge(spec: MetricSpec): Gauge {
    return this.#define("gauge", spec, (): Gauge => {
      const metric = new PromGauge(this.#config(spec));
      return {
        set: (value, labels = {}) => metric.set(labels, value),
        remove: (labels) => metric.remove(labels),
      };
    });
  }

  histogram(spec: MetricSpec & { readonly buckets: readonly number[] }): Histogram {
    return this.#define("histogram", spec, (): Histogram => {
      const metric = new PromHistogram({ ...this.#config(spec), buckets: [...spec.buckets] });
      if ((spec.labelNames ?? []).length === 0) metric.zero({});
      return { observe: (value, labels = {}) => metric.observe(labels, value) };
    });
  }

  onCollect(update: () => void): void {
    this.#updates.push(update);
  }

  /** The exposition in Prometheus' text format, and its content type. */
  async expose(): Promise<{ readonly text: string; readonly contentType: string }> {
    for (const update of this.#updates) update();
    return { text: await this.#registry.metrics(), contentType: this.#registry.contentType };
  }

  #config(spec: MetricSpec): {
    name: string;
    help: string;
    labelNames: string[];
    registers: Registry[];
  } {
    return {
      name: spec.name,
      help: spec.help,
      labelNames: [...(spec.labelNames ?? [])],
      registers: [this.#registry],
    };
  }

  #define<H extends Counter | Gauge | Histogram>(kind: Kind, spec: MetricSpec, make: () => H): H {
    const signature = JSON.stringify([kind, spec]);
    const known = this.#defined.get(spec.name);
    if (known !== undefined) {
      invariant(known.signature === signature, `metric ${spec.name} has one definition`);
      return known.handle as H;
    }
    const handle = make();
    this.#defined.set(spec.name, { signature, handle });
    return handle;
  }
}
