import {
  encodeMasterInfo,
  decodeMasterInfo,
} from "../../../domain/mesos/election/master-info-data.ts";
import { MEMBER_PREFIX, membersOf } from "../../../domain/mesos/election/member.ts";
import { type KnownMember, planPublication } from "../../../domain/mesos/election/stale-members.ts";
import type { MasterInfo } from "../../../api/mesos/master-info.ts";
import { linkSignals } from "../../../runtime/link-signals.ts";
import type { Term } from "../../../runtime/leader/term.ts";
import { type Clock, sleep } from "../../../runtime/ports/clock.ts";
import type { Logger } from "../../../runtime/ports/logger.ts";
import type { ElectionSession, ElectionStore } from "./ports.ts";
import type { SessionTiming } from "./session-timing.ts";
import { wakeAfter } from "./wake.ts";

/** Where the leader is to be published; the same object as long as the place is the same. */
export interface PublicationTarget {
  /** As it may be logged. */
  readonly address: string;
  readonly store: ElectionStore;
}

/** The term as the Registry knows it now. */
export interface RaisedTerm {
  readonly info: MasterInfo;
  /** Ids of masters that led this cluster before. */
  readonly earlierMasterIds: readonly string[];
}

export interface PublicationParts {
  /** Followed live; undefined: nowhere. */
  readonly target: () => PublicationTarget | undefined;
  readonly timing: SessionTiming;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Shows the master that leads by another election where detectors of the field look for it: its znode, and no other of its
 * cluster. Works while the ensemble does, and never harms the term.
 */
export class Publication {
  readonly name = "publication";
  readonly #parts: PublicationParts;
  readonly #logger: Logger;
  readonly #raised = Promise.withResolvers<RaisedTerm>();
  #hidden = "";

  constructor(parts: PublicationParts) {
    this.#parts = parts;
    this.#logger = parts.logger.child({ component: "publication" });
  }

  /** The term was raised in the Registry: from now on this master may be shown. */
  announce(raised: RaisedTerm): void {
    this.#raised.resolve(raised);
  }

  /** Publishes while the term lasts; nothing is published when it resolves after a graceful stop. */
  async run(term: Term, signal: AbortSignal): Promise<void> {
    const { clock, timing } = this.#parts;
    const ended = linkSignals(signal, term.signal);
    const isOver = (): boolean => ended.signal.aborted || !term.isCurrent();
    const raised = await Promise.race([this.#raised.promise, aborted(ended.signal)]);
    while (raised !== undefined && !isOver()) {
      const target = this.#parts.target();
      try {
        if (target !== undefined) await this.#publish(target, raised, term, ended.signal);
      } catch (error) {
        if (!isOver()) this.#logger.warn("The leader is not published.", { error });
      }
      await sleep(clock, timing.retryMs, ended.signal).catch(() => undefined);
    }
    ended.unlink();
  }

  /** One session. Resolves when term, session or target are over. */
  async #publish(
    target: PublicationTarget,
    { info, earlierMasterIds }: RaisedTerm,
    term: Term,
    signal: AbortSignal,
  ): Promise<void> {
    const { clock, timing } = this.#parts;
    const session = await target.store.open(signal);
    const published = new Set([...earlierMasterIds, info.id]);
    let own: string | undefined;
    const isOver = (): boolean =>
      signal.aborted || session.lost.aborted || this.#parts.target() !== target;
    try {
      while (!isOver()) {
        const changed = Promise.withResolvers<undefined>();
        const members = await readMembers(session, () => changed.resolve(undefined));
        const plan = planPublication({ members, published, masterId: info.id, own });
        for (const name of plan.remove) {
          this.#logger.info("Removed the znode of a master that leads no more.", { path: name });
          if (term.isCurrent()) await session.remove(name);
        }
        this.#warnOf(plan.hiddenBehind, target);
        if (plan.publish && term.isCurrent()) {
          own = await session.join(MEMBER_PREFIX, encodeMasterInfo(info));
          this.#logger.info("Published.", { path: own, address: target.address });
        }
        await wakeAfter(clock, timing.retryMs, [changed.promise, session.lost, signal]);
      }
    } finally {
      await session.close();
    }
  }

  /** Said once for each set of others. */
  #warnOf(hiddenBehind: readonly string[], { address }: PublicationTarget): void {
    const names = hiddenBehind.join(" ");
    if (names !== "" && names !== this.#hidden) {
      this.#logger.warn("Detectors take another cluster's master for the leader.", {
        path: names,
        address,
      });
    }
    this.#hidden = names;
  }
}

async function readMembers(
  session: ElectionSession,
  changed: () => void,
): Promise<readonly KnownMember[]> {
  const known: KnownMember[] = [];
  for (const member of membersOf(await session.children(changed))) {
    const data = await session.read(member.name);
    if (data === undefined) continue;
    known.push({ member, masterId: decodeMasterInfo(member.format, data)?.id });
  }
  return known;
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
}
