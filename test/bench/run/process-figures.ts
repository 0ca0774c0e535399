import { monitorEventLoopDelay } from "node:perf_hooks";
import { GcPauses } from "./gc-pauses.ts";

const RESOLUTION_MS = 1;
const NS_PER_MS = 1e6;

/** How a process did between two moments. */
export interface Figures {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly loopDelayMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly gcMaxMs: number;
  readonly rssMiB: number;
}

/** Watches this process from its construction on. */
export class ProcessFigures {
  readonly #pauses = new GcPauses();
  readonly #delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  readonly #cpuBefore = process.cpuUsage();
  readonly #startedMs = performance.now();

  constructor() {
    this.#delay.enable();
  }

  end(): Figures {
    const cpu = process.cpuUsage(this.#cpuBefore);
    this.#delay.disable();
    // The timer counts its own resolution.
    const delay = (ns: number): number => Math.max(0, ns / NS_PER_MS - RESOLUTION_MS);
    return {
      wallMs: performance.now() - this.#startedMs,
      cpuMs: (cpu.user + cpu.system) / 1000,
      loopDelayMs: {
        p50: delay(this.#delay.percentile(50)),
        p99: delay(this.#delay.percentile(99)),
        max: delay(this.#delay.max),
      },
      gcMaxMs: this.#pauses.end(),
      rssMiB: Math.round(process.memoryUsage.rss() / 2 ** 20),
    };
  }
}
