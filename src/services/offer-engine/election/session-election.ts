import { isOperatingError } from "../../../api/errors/operating-error.ts";
import { encodeMasterInfo } from "../../../domain/mesos/election/master-info-data.ts";
import {
  leadingMember,
  type Member,
  MEMBER_PREFIX,
} from "../../../domain/mesos/election/member.ts";
import type { MasterInfo } from "../../../api/mesos/master-info.ts";
import { HeldTerm } from "../../../runtime/leader/held-term.ts";
import { leaderGauge } from "../../../runtime/leader/leader-gauge.ts";
import type { Election, ElectionCallbacks, Term } from "../../../runtime/leader/term.ts";
import { type Clock, sleep } from "../../../runtime/ports/clock.ts";
import type { Logger } from "../../../runtime/ports/logger.ts";
import type { Gauge, Meter } from "../../../runtime/ports/meter.ts";
import { identityOfMember } from "./member-identity.ts";
import type { ElectionSession, ElectionStore } from "./ports.ts";
import { confirmEveryMs, renewDeadlineMs, type SessionTiming } from "./session-timing.ts";
import { wakeAfter } from "./wake.ts";

/** A call that failed in passing is repeated after this time, as long as the session lasts. */
const REPEAT_MS = 200;

export interface SessionElectionParts {
  /** Label of the metric and field of the logs. */
  readonly name: string;
  readonly store: ElectionStore;
  /** What our member shows: who we are, for detectors and standbys. */
  readonly info: MasterInfo;
  readonly timing: SessionTiming;
  /** False: only looks who leads until {@link SessionElection.setContending}. */
  readonly contends: boolean;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
}

/**
 * Election by order of arrival: each candidate is a member that goes with its session, the lowest number leads. The leader has a
 * quorum confirm session and member again and again, and gives up when that failed for half the session's time, so that its
 * term is over, and its writes have ended, before the session can expire and another may lead.
 */
export class SessionElection implements Election {
  readonly #parts: SessionElectionParts;
  readonly #isLeader: Gauge;
  readonly #logger: Logger;
  #contends: boolean;
  #poke: () => void = () => undefined;
  #own: string | undefined;
  #leader: { readonly name: string; readonly identity: string } | undefined;
  #term: HeldTerm | undefined;
  #callbacks: ElectionCallbacks | undefined;
  #isConnected = false;
  /** A member has one term: who lost it joins anew, behind the others, in another session. */
  #hasLostTerm = false;

  constructor(parts: SessionElectionParts) {
    this.#parts = parts;
    this.#contends = parts.contends;
    this.#logger = parts.logger.child({ component: "election", name: parts.name });
    this.#isLeader = leaderGauge(parts.meter, parts.name);
  }

  current(): Term | undefined {
    return this.#term;
  }

  leader(): string {
    return this.#leader?.identity ?? "";
  }

  /** Whether there is a session: without one this candidate can neither lead nor tell who does. */
  get isConnected(): boolean {
    return this.#isConnected;
  }

  /** Joins, or leaves the members; a term that is held ends with the latter. */
  setContending(contends: boolean): void {
    this.#contends = contends;
    this.#poke();
  }

  async run(callbacks: ElectionCallbacks, signal: AbortSignal): Promise<void> {
    const { clock, timing } = this.#parts;
    this.#callbacks = callbacks;
    const isOver = (): boolean => signal.aborted;
    while (!isOver()) {
      try {
        await this.#inSession(signal);
      } catch (error) {
        if (!isOver()) this.#logger.warn("The session of the election failed.", { error });
      }
      if (!isOver()) await sleep(clock, timing.retryMs, signal).catch(() => undefined);
    }
  }

  /** One session from its opening to its end; resolves on a graceful stop, and when the session is lost. */
  async #inSession(signal: AbortSignal): Promise<void> {
    const session = await this.#parts.store.open(signal);
    this.#isConnected = true;
    this.#hasLostTerm = false;
    const isOver = (): boolean => signal.aborted || session.lost.aborted || this.#hasLostTerm;
    try {
      while (!isOver()) await this.#look(session, signal);
    } finally {
      this.#isConnected = false;
      this.#leader = undefined;
      this.#own = undefined;
      const released = signal.aborted ? this.#release() : undefined;
      this.#lose();
      await session.close();
      if (released !== undefined) this.#callbacks?.onLost(released, true);
    }
  }

  /** One look at the members, what follows from it, and the wait for the next. A failure in passing is waited out. */
  async #look(session: ElectionSession, signal: AbortSignal): Promise<void> {
    const { clock, timing } = this.#parts;
    const poked = Promise.withResolvers<undefined>();
    this.#poke = () => poked.resolve(undefined);
    const changed = Promise.withResolvers<undefined>();
    let delayMs = timing.retryMs;
    try {
      const names = await session.children(() => changed.resolve(undefined));
      const leading = leadingMember(names);
      await this.#noteLeader(session, leading);
      await this.#settle(session, names, leading, signal);
    } catch (error) {
      if (!isPassing(error)) throw error;
      this.#logger.warn("The members could not be read or changed.", { error });
      delayMs = REPEAT_MS;
    }
    await wakeAfter(clock, delayMs, [changed.promise, poked.promise, session.lost, signal]);
  }

  async #noteLeader(session: ElectionSession, leading: Member | undefined): Promise<void> {
    if (leading?.name === this.#leader?.name) return;
    const data = leading === undefined ? undefined : await session.read(leading.name);
    this.#leader =
      leading === undefined || data === undefined
        ? undefined
        : { name: leading.name, identity: identityOfMember(leading, data) };
  }

  async #settle(
    session: ElectionSession,
    names: readonly string[],
    leading: Member | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    if (this.#own !== undefined && !names.includes(this.#own)) {
      this.#logger.warn("Somebody removed this master's member.", { path: this.#own });
      this.#own = undefined;
      this.#lose();
    }
    if (this.#hasLostTerm) return;
    if (!this.#contends) {
      await this.#leave(session);
      return;
    }
    if (this.#own === undefined) {
      await this.#join(session);
      return;
    }
    if (leading?.name !== this.#own) this.#lose();
    else if (this.#term === undefined) await this.#win(session, leading, signal);
  }

  async #join(session: ElectionSession): Promise<void> {
    try {
      this.#own = await session.join(MEMBER_PREFIX, encodeMasterInfo(this.#parts.info));
    } catch (error) {
      // It may be there all the same, under a name that we do not know: it goes with its session only.
      throw isPassing(error) ? new Error("whether we joined is unknown", { cause: error }) : error;
    }
    this.#logger.info("Joined the election.", { path: this.#own });
  }

  async #leave(session: ElectionSession): Promise<void> {
    const own = this.#own;
    if (own === undefined) return;
    this.#lose();
    await session.remove(own);
    this.#own = undefined;
  }

  async #win(session: ElectionSession, own: Member, signal: AbortSignal): Promise<void> {
    const { clock, name } = this.#parts;
    const deadlineMs = renewDeadlineMs(session.timeoutMs);
    const term = new HeldTerm(own.sequence, clock, deadlineMs, () => this.#lose(term));
    await this.#confirm(session, own.name, term);
    // The answer may have come after the term's own deadline, or after the stop.
    if (!term.isCurrent() || signal.aborted || session.lost.aborted || !this.#contends) {
      term.expire();
      return;
    }
    this.#term = term;
    this.#isLeader.set(1, { name });
    this.#logger.info("Leadership won.", { term: term.number });
    void this.#keep(session, own.name, term);
    this.#callbacks?.onWon(term);
  }

  async #confirm(session: ElectionSession, own: string, term: HeldTerm): Promise<void> {
    const { clock } = this.#parts;
    const sentAtMs = clock.monotonicMs();
    const sentAtWallMs = clock.nowMs();
    await session.confirm(own);
    term.renewed(sentAtMs, sentAtWallMs);
  }

  /** Keeps the term alive until it ends. Never rejects: a term that cannot be kept expires by itself. */
  async #keep(session: ElectionSession, own: string, term: HeldTerm): Promise<void> {
    const { clock } = this.#parts;
    const everyMs = confirmEveryMs(session.timeoutMs);
    const isHeld = (): boolean => this.#term === term;
    let restMs = everyMs;
    while (isHeld()) {
      await wakeAfter(clock, restMs, [session.lost, term.signal]);
      if (session.lost.aborted) this.#lose(term);
      if (!isHeld()) return;
      const startMs = clock.monotonicMs();
      try {
        await this.#confirm(session, own, term);
        // From beginning to beginning: a slow answer must not cost the next one its time.
        restMs = startMs + everyMs - clock.monotonicMs();
      } catch (error) {
        if (!isPassing(error)) this.#lose(term);
        else this.#logger.warn("The member was not confirmed.", { error });
        restMs = REPEAT_MS;
      }
    }
  }

  /** Ends a term that is held; work under it is aborted. */
  #lose(lost: HeldTerm | undefined = this.#term): void {
    if (lost === undefined || this.#term !== lost) return;
    this.#term = undefined;
    this.#hasLostTerm = true;
    this.#poke();
    this.#isLeader.set(0, { name: this.#parts.name });
    lost.expire();
    this.#logger.warn("Leadership lost.", { term: lost.number });
    this.#callbacks?.onLost(lost, false);
  }

  /** The term that was held, if any; all work under it has ended. */
  #release(): HeldTerm | undefined {
    const term = this.#term;
    if (term === undefined) return undefined;
    this.#term = undefined;
    term.release();
    this.#isLeader.set(0, { name: this.#parts.name });
    this.#logger.info("Leadership released.", { term: term.number });
    return term;
  }
}

const isPassing = (error: unknown): boolean => isOperatingError(error, "ZK_CONNECTION_LOSS");
