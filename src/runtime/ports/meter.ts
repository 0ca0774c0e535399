export type LabelValues = Readonly<Record<string, string>>;

export interface MetricSpec {
  readonly name: string;
  /** A sentence for the reference page and the exposition. */
  readonly help: string;
  readonly stability: "alpha" | "stable";
  readonly labelNames?: readonly string[];
}

export interface Counter {
  add(value?: number, labels?: LabelValues): void;
}
export interface Gauge {
  set(value: number, labels?: LabelValues): void;
  remove(labels: LabelValues): void;
}
export interface Histogram {
  observe(value: number, labels?: LabelValues): void;
}

/** Where metrics are defined; each subsystem declares its own in one file and gets the handles from here. */
export interface Meter {
  /** Asking twice for the same spec gives the same metric. */
  counter(spec: MetricSpec): Counter;
  gauge(spec: MetricSpec): Gauge;
  histogram(spec: MetricSpec & { readonly buckets: readonly number[] }): Histogram;
  /** Calls `update` before each exposition, for gauges that are computed only when somebody looks. */
  onCollect(update: () => void): void;
}
