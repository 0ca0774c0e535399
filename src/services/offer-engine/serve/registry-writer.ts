import { isOperatingError, OperatingError } from "../../../api/errors/operating-error.ts";
import type { Term } from "../../../runtime/leader/term.ts";
import { type Clock, sleep } from "../../../runtime/ports/clock.ts";
import type { RecordWrite } from "../core/effects.ts";
import type { Registry, RegistryKind } from "../ports.ts";

interface Batch {
  readonly writes: readonly RecordWrite[];
  readonly durable: () => void;
}

/** Batches written at the same time. */
const IN_FLIGHT_MAX = 32;
/** A write that failed in passing is tried again so often, as long as the term lasts. */
const RETRY_MS = 200;

/**
 * Writes records under one term. What is asked for while a round of writes is under way makes the next round: there, of
 * several writes of one record only the last is made, the writes of one batch keep their order, and batches go in
 * parallel, so that a storm of registrations costs rounds, not records. A transient failure is tried again until the term
 * ends; any other ends it: a leader that cannot write must not go on.
 */
export class RegistryWriter {
  readonly #registry: Registry;
  readonly #term: Term;
  readonly #clock: Clock;
  readonly #onFailed: (error: unknown) => void;
  #waiting: Batch[] = [];
  #round: Promise<void> | undefined;
  /** What ended the writing for good. */
  #failure: { readonly error: unknown } | undefined;

  constructor(registry: Registry, term: Term, clock: Clock, onFailed: (error: unknown) => void) {
    this.#registry = registry;
    this.#term = term;
    this.#clock = clock;
    this.#onFailed = onFailed;
  }

  /** Queues the writes; `durable` is called, in the order of the calls, when all of them are; never after a failure. */
  write(writes: readonly RecordWrite[], durable: () => void): void {
    if (this.#failure !== undefined) return;
    this.#waiting.push({ writes, durable });
    this.#round ??= this.#run();
  }

  /**
   * Resolves when everything queued so far is durable.
   * @throws what ended the writing; LEADER_TERM_EXPIRED when the term is over, since what was asked for then may not even
   * have been queued.
   */
  async settled(): Promise<void> {
    while (this.#round !== undefined) await this.#round;
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#requireTerm();
  }

  async #run(): Promise<void> {
    // What else happens in this turn joins the round.
    await Promise.resolve();
    while (this.#waiting.length > 0 && this.#failure === undefined) {
      const batches = this.#waiting;
      this.#waiting = [];
      try {
        await this.#writeAll(withoutSuperseded(batches));
        for (const { durable } of batches) durable();
      } catch (error) {
        this.#failure = { error };
        this.#onFailed(error);
      }
    }
    this.#round = undefined;
  }

  async #writeAll(batches: readonly (readonly RecordWrite[])[]): Promise<void> {
    const queue = batches.values();
    const workers = Array.from({ length: Math.min(IN_FLIGHT_MAX, batches.length) }, async () => {
      for (const writes of queue) {
        for (const write of writes) await this.#apply(write);
      }
    });
    await Promise.all(workers);
  }

  async #apply(write: RecordWrite): Promise<void> {
    for (;;) {
      this.#requireTerm({ kind: write.record });
      try {
        await this.#applyOnce(write);
        return;
      } catch (error) {
        if (!isOperatingError(error) || error.retry !== "transient") throw error;
        await sleep(this.#clock, RETRY_MS);
      }
    }
  }

  #requireTerm(what: { readonly kind?: RegistryKind } = {}): void {
    if (this.#term.isCurrent()) return;
    throw new OperatingError("LEADER_TERM_EXPIRED", "a record was to be written in an old term", {
      details: { term: this.#term.number, ...what },
    });
  }

  async #applyOnce(write: RecordWrite): Promise<void> {
    if (write.kind === "delete") {
      await this.#registry.delete(write.record, write.key);
      return;
    }
    const bytes = new TextEncoder().encode(JSON.stringify(write.value));
    await this.#registry.put(write.record, write.key, bytes);
  }
}

/** The batches with only the last write of each record left; empty ones fall away. */
function withoutSuperseded(batches: readonly Batch[]): readonly (readonly RecordWrite[])[] {
  const last = new Map<string, RecordWrite>();
  for (const { writes } of batches) {
    for (const write of writes) last.set(`${write.record}/${write.key}`, write);
  }
  return batches
    .map(({ writes }) =>
      writes.filter((write) => last.get(`${write.record}/${write.key}`) === write),
    )
    .filter((writes) => writes.length > 0);
}
