import { deadline, sleep, type Clock } from "../ports/clock.ts";
import type { LeaseRecord, LeaseStore, StoredLease } from "../ports/lease-store.ts";
import type { Logger } from "../ports/logger.ts";
import type { Gauge, Meter } from "../ports/meter.ts";
import type { Random } from "../ports/random.ts";
import { HeldTerm } from "./held-term.ts";
import { leaderGauge } from "./leader-gauge.ts";
import type { LeaseTiming } from "./lease-timing.ts";
import type { Election, ElectionCallbacks, Term } from "./term.ts";

const CALL_TIMEOUT_MIN_MS = 1_000;
const RETRY_SPREAD = 0.2;

export interface LeaseElectionParts {
  /** Label of the metric and field of the logs. */
  readonly name: string;
  readonly store: LeaseStore;
  /** `<pod>_<uuid>`: new for every process, so that a restarted pod is another candidate. */
  readonly identity: string;
  readonly timing: LeaseTiming;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly meter: Meter;
}

interface Observed {
  readonly stored: StoredLease;
  /** When we saw this version first: expiry counts from here, by our clock alone. */
  readonly atMs: number;
}

/**
 * Election over one compare-and-set record. A candidate takes a record that is free, released, or unchanged for a whole lease;
 * the holder rewrites it every `retryMs` and gives up when that failed for `renewDeadlineMs`.
 */
export class LeaseElection implements Election {
  readonly #parts: LeaseElectionParts;
  readonly #isLeader: Gauge;
  readonly #logger: Logger;
  readonly #callTimeoutMs: number;
  #observed: Observed | undefined;
  #term: HeldTerm | undefined;
  #callbacks: ElectionCallbacks | undefined;

  constructor(parts: LeaseElectionParts) {
    this.#parts = parts;
    this.#logger = parts.logger.child({ component: "election", name: parts.name });
    this.#callTimeoutMs = Math.max(CALL_TIMEOUT_MIN_MS, parts.timing.renewDeadlineMs / 2);
    this.#isLeader = leaderGauge(parts.meter, parts.name);
  }

  current(): Term | undefined {
    return this.#term;
  }

  leader(): string {
    return this.#observed?.stored.record.holder ?? "";
  }

  async run(callbacks: ElectionCallbacks, signal: AbortSignal): Promise<void> {
    const { clock, random, timing } = this.#parts;
    this.#callbacks = callbacks;
    const isOver = (): boolean => signal.aborted;
    while (!isOver()) {
      const roundAtMs = clock.monotonicMs();
      await this.#round(signal);
      const spread = this.#term === undefined ? 1 + RETRY_SPREAD * random.next() : 1;
      // From beginning to beginning: a call that hung must not cost a renewal more than its own time.
      const delayMs = roundAtMs + timing.retryMs * spread - clock.monotonicMs();
      if (delayMs > 0) await sleep(clock, delayMs, signal).catch(() => undefined);
    }
    await this.#release();
  }

  /** One attempt to take or to renew. A failing store is waited out: the held term expires by itself. */
  async #round(signal: AbortSignal): Promise<void> {
    const limit = deadline(this.#parts.clock, this.#callTimeoutMs, signal);
    try {
      if (this.#term === undefined) await this.#tryToWin(limit.signal);
      else await this.#renew(this.#term, limit.signal);
    } catch (error) {
      if (!signal.aborted) this.#logger.warn("The lease could not be read or written.", { error });
    } finally {
      limit.done();
    }
  }

  async #tryToWin(signal: AbortSignal): Promise<void> {
    const { clock, store, timing, identity } = this.#parts;
    this.#observe(await store.read(signal));
    const observed = this.#observed;
    if (observed !== undefined && !this.#isFree(observed)) return;
    const sentAtMs = clock.monotonicMs();
    const sentAtWallMs = clock.nowMs();
    const number = (observed?.stored.record.transitions ?? 0) + 1;
    const won = await store.write(
      {
        holder: identity,
        leaseDurationMs: timing.leaseMs,
        acquiredAtMs: sentAtWallMs,
        renewedAtMs: sentAtWallMs,
        transitions: number,
      },
      observed?.stored.version,
      signal,
    );
    if (won === undefined) return;
    this.#observe(won);
    this.#hold(number, sentAtMs, sentAtWallMs);
  }

  #isFree({ stored: { record }, atMs }: Observed): boolean {
    // Our own name stands there when the answer to a winning write was lost.
    if (record.holder === "" || record.holder === this.#parts.identity) return true;
    return this.#parts.clock.monotonicMs() - atMs >= record.leaseDurationMs;
  }

  #hold(number: number, sentAtMs: number, sentAtWallMs: number): void {
    const { clock, timing, name } = this.#parts;
    const term = new HeldTerm(number, clock, timing.renewDeadlineMs, () => this.#lose(term));
    term.renewed(sentAtMs, sentAtWallMs);
    // The answer may have come after the term's own deadline.
    if (!term.isCurrent()) {
      term.expire();
      return;
    }
    this.#term = term;
    this.#isLeader.set(1, { name });
    this.#logger.info("Leadership won.", { term: number });
    this.#callbacks?.onWon(term);
  }

  async #renew(term: HeldTerm, signal: AbortSignal): Promise<void> {
    const { clock, store, identity } = this.#parts;
    const known = this.#observed?.stored;
    if (known === undefined) return;
    const sentAtMs = clock.monotonicMs();
    const sentAtWallMs = clock.nowMs();
    const record: LeaseRecord = { ...known.record, renewedAtMs: sentAtWallMs };
    const renewed = await store.write(record, known.version, signal);
    if (renewed !== undefined) {
      this.#observe(renewed);
      term.renewed(sentAtMs, sentAtWallMs);
      return;
    }
    const now = await store.read(signal);
    this.#observe(now);
    // Another holder, or no record any more: whoever comes next owes us nothing. An edit by a person is written over.
    if (now?.record.holder !== identity || now.record.transitions !== term.number) this.#lose(term);
    else await this.#renew(term, signal);
  }

  #observe(stored: StoredLease | undefined): void {
    if (stored === undefined) {
      this.#observed = undefined;
      return;
    }
    const atMs =
      this.#observed?.stored.version === stored.version
        ? this.#observed.atMs
        : this.#parts.clock.monotonicMs();
    this.#observed = { stored, atMs };
  }

  #lose(term: HeldTerm): void {
    if (this.#term !== term) return;
    this.#term = undefined;
    this.#isLeader.set(0, { name: this.#parts.name });
    term.expire();
    this.#logger.warn("Leadership lost.", { term: term.number });
    this.#callbacks?.onLost(term, false);
  }

  async #release(): Promise<void> {
    const term = this.#term;
    const known = this.#observed?.stored;
    if (term === undefined || known === undefined) return;
    this.#term = undefined;
    term.release();
    this.#isLeader.set(0, { name: this.#parts.name });
    const limit = deadline(this.#parts.clock, this.#callTimeoutMs);
    try {
      if (await this.#writeReleased(known, term, limit.signal)) {
        this.#logger.info("Leadership released.", { term: term.number });
      }
    } catch (error) {
      this.#logger.warn("The lease could not be released; it runs out.", { error });
    } finally {
      limit.done();
    }
    this.#callbacks?.onLost(term, true);
  }

  /** False when the term is somebody else's by now. */
  async #writeReleased(known: StoredLease, term: HeldTerm, signal: AbortSignal): Promise<boolean> {
    const { store, clock, identity } = this.#parts;
    let stored: StoredLease | undefined = known;
    while (stored?.record.holder === identity && stored.record.transitions === term.number) {
      // One second, so that candidates that do not know an empty holder wait no longer.
      const record: LeaseRecord = {
        ...stored.record,
        holder: "",
        leaseDurationMs: 1_000,
        renewedAtMs: clock.nowMs(),
      };
      if ((await store.write(record, stored.version, signal)) !== undefined) return true;
      // A renewal of ours may have been stored although the stop came before its answer.
      stored = await store.read(signal);
    }
    return false;
  }
}
