import type { Logger } from "../../runtime/ports/logger.ts";
import type { ClientMetrics } from "./client-metrics.ts";

const TEXTS_MAX = 256;

/** Warnings of the API server: each counted, each text logged once (the first 256 texts of a process). */
export class WarningLog {
  readonly #logger: Logger;
  readonly #metrics: ClientMetrics;
  readonly #seen = new Set<string>();

  constructor(logger: Logger, metrics: ClientMetrics) {
    this.#logger = logger;
    this.#metrics = metrics;
  }

  /** One or more headers of the form `299 - "text"`. */
  note(header: string | readonly string[]): void {
    for (const one of typeof header === "string" ? [header] : header) {
      const text = /^299 \S+ "(.*)"/.exec(one)?.[1];
      if (text === undefined) continue;
      this.#metrics.warned();
      if (this.#seen.size >= TEXTS_MAX || this.#seen.has(text)) continue;
      this.#seen.add(text);
      this.#logger.warn("The API server warns.", { errMessage: text });
    }
  }
}
