import type { Registry } from "../ports.ts";
import type { RecordWrite } from "../core/effects.ts";
import type { Term } from "../../../runtime/leader/term.ts";
import { OperatingError } from "../../../api/errors/operating-error.ts";

/**
 * Writes records one after the other, in the order asked for, under one term. The first failure ends it: a leader that
 * cannot write must not go on.
 */
export class RegistryWriter {
  readonly #registry: Registry;
  readonly #term: Term;
  readonly #onFailed: (error: unknown) => void;
  #tail: Promise<void> = Promise.resolve();
  #failed = false;
  #queued = 0;

  constructor(registry: Registry, term: Term, onFailed: (error: unknown) => void) {
    this.#registry = registry;
    this.#term = term;
    this.#onFailed = onFailed;
  }

  /** Writes waiting or under way. */
  get queued(): number {
    return this.#queued;
  }

  /** Queues the writes; `durable` is called when all of them are, never after a failure. */
  write(writes: readonly RecordWrite[], durable: () => void): void {
    this.#queued += 1;
    this.#tail = this.#tail.then(async () => {
      if (this.#failed) return;
      try {
        for (const write of writes) await this.#apply(write);
        this.#queued -= 1;
      } catch (error) {
        this.#failed = true;
        this.#onFailed(error);
        return;
      }
      durable();
    });
  }

  /** Resolves when everything queued so far is written or given up. */
  settled(): Promise<void> {
    return this.#tail;
  }

  async #apply(write: RecordWrite): Promise<void> {
    if (!this.#term.isCurrent()) {
      throw new OperatingError("LEADER_TERM_EXPIRED", "a record was to be written in an old term", {
        details: { term: this.#term.number, kind: write.record },
      });
    }
    if (write.kind === "delete") {
      await this.#registry.delete(write.record, write.key);
      return;
    }
    const bytes = new TextEncoder().encode(JSON.stringify(write.value));
    await this.#registry.put(write.record, write.key, bytes);
  }
}
