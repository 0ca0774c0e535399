import type { CancelTimer, Clock } from "../../../runtime/ports/clock.ts";
import type { ProcessHost } from "../process-ports.ts";

export interface ProcessKillsParts {
  readonly host: Pick<ProcessHost, "look" | "signal">;
  readonly clock: Clock;
}

/** SIGKILL is repeated while something of the task lives. */
const KILL_AGAIN_MS = 1_000;

/** The ends of processes that were ordered: SIGTERM once, SIGKILL when the grace is over. */
export class ProcessKills {
  readonly #parts: ProcessKillsParts;
  readonly #timers = new Map<string, { dueMs: number; cancel: CancelTimer }>();
  /** Meta folders of tasks that SIGTERM was sent to. */
  readonly #asked = new Set<string>();

  constructor(parts: ProcessKillsParts) {
    this.#parts = parts;
  }

  /** SIGKILL at this wall time, or earlier if that was ordered before; whether or not SIGTERM can be sent. */
  arm(metaFolder: string, dueMs: number): void {
    const before = this.#timers.get(metaFolder);
    if (before !== undefined && before.dueMs <= dueMs) return;
    before?.cancel();
    const { clock, host } = this.#parts;
    const cancel = clock.after(dueMs - clock.nowMs(), () => {
      this.#timers.delete(metaFolder);
      if (host.look(metaFolder).kind !== "running") return;
      this.arm(metaFolder, clock.nowMs() + KILL_AGAIN_MS);
      void this.#kill(metaFolder);
    });
    this.#timers.set(metaFolder, { dueMs, cancel });
  }

  /** SIGTERM, unless it was sent before. */
  async ask(metaFolder: string): Promise<void> {
    if (this.#asked.has(metaFolder)) return;
    await this.#parts.host.signal(metaFolder, "SIGTERM");
    this.#asked.add(metaFolder);
  }

  forget(metaFolder: string): void {
    this.#timers.get(metaFolder)?.cancel();
    this.#timers.delete(metaFolder);
    this.#asked.delete(metaFolder);
  }

  async #kill(metaFolder: string): Promise<void> {
    try {
      await this.#parts.host.signal(metaFolder, "SIGKILL");
    } catch {
      // It is sent again as long as something lives.
    }
  }
}
