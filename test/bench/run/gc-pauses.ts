import { PerformanceObserver } from "node:perf_hooks";

/** Watches this process's pauses for garbage from its construction on. */
export class GcPauses {
  #maxMs = 0;
  readonly #observer = new PerformanceObserver((list) => this.#note(list.getEntries()));

  constructor() {
    this.#observer.observe({ entryTypes: ["gc"] });
  }

  /** Longest pause so far, in milliseconds; watching ends. */
  end(): number {
    this.#note(this.#observer.takeRecords());
    this.#observer.disconnect();
    return this.#maxMs;
  }

  #note(entries: readonly { readonly duration: number }[]): void {
    for (const { duration } of entries) this.#maxMs = Math.max(this.#maxMs, duration);
  }
}
