import type { AgentId, FrameworkId } from "../../../api/ids/ids.ts";
import type { InverseOffer, MaintenanceWindow } from "../events.ts";
import type { AllocatorState } from "../state/allocator-state.ts";

/** Last answer of a framework about a window; nothing is enforced. */
export type InverseAnswer = "UNKNOWN" | "ACCEPT" | "DECLINE";

interface Asked {
  isOutstanding: boolean;
  /** Not asked again before; undefined = no filter. */
  refusedUntilMs: number | undefined;
  answer: InverseAnswer;
}

interface Window {
  readonly window: MaintenanceWindow;
  readonly asked: Map<FrameworkId, Asked>;
}

const DEFAULT_REFUSE_SECONDS = 5;

/** Who is asked to leave which agent before its maintenance. */
export class InverseOffers {
  readonly #state: AllocatorState;
  readonly #windows = new Map<number, Window>();

  constructor(state: AllocatorState) {
    this.#state = state;
  }

  windowOf(agent: number): MaintenanceWindow | undefined {
    return this.#windows.get(agent)?.window;
  }

  answersOf(agent: number): ReadonlyMap<FrameworkId, InverseAnswer> {
    const asked = this.#windows.get(agent)?.asked ?? new Map<FrameworkId, Asked>();
    return new Map([...asked].map(([id, { answer }]) => [id, answer]));
  }

  /** Any change of the window drops answers and filters. */
  setWindow(agent: number, window: MaintenanceWindow | undefined): void {
    if (window === undefined) this.#windows.delete(agent);
    else this.#windows.set(agent, { window, asked: new Map() });
  }

  answer(
    agent: number,
    frameworkId: FrameworkId,
    answer: InverseAnswer,
    refuseSeconds: number | undefined,
    nowMs: number,
  ): boolean {
    const asked = this.#windows.get(agent)?.asked.get(frameworkId);
    if (asked === undefined) return false;
    const seconds = refuseSeconds ?? DEFAULT_REFUSE_SECONDS;
    // Mesos also keeps a filter after an ACCEPT: an answer is not asked for again at once.
    const isRefused = answer !== "UNKNOWN" && seconds !== 0;
    asked.isOutstanding = false;
    asked.answer = answer;
    asked.refusedUntilMs = isRefused
      ? nowMs + (seconds > 0 ? seconds : DEFAULT_REFUSE_SECONDS) * 1000
      : undefined;
    return true;
  }

  /** REVIVE: the framework may be asked again at once, unless it still owes an answer. */
  dropFilters(frameworkId: FrameworkId): void {
    for (const { asked } of this.#windows.values()) {
      const one = asked.get(frameworkId);
      if (one !== undefined) one.refusedUntilMs = undefined;
    }
  }

  /** The framework is gone or its connection lost, and what it was asked with it. */
  forget(frameworkId: FrameworkId): void {
    for (const { asked } of this.#windows.values()) asked.delete(frameworkId);
  }

  /** One to each active framework that holds something there and is not to be left alone. */
  offer(isCandidate: (agent: number) => boolean, nowMs: number): InverseOffer[] {
    const offers: InverseOffer[] = [];
    for (const [agent, { window, asked }] of this.#windows) {
      if (!isCandidate(agent)) continue;
      for (const frameworkId of this.#holders(agent)) {
        const before = asked.get(frameworkId);
        if (before?.isOutstanding === true || (before?.refusedUntilMs ?? nowMs) > nowMs) continue;
        asked.set(frameworkId, {
          isOutstanding: true,
          refusedUntilMs: undefined,
          answer: before?.answer ?? "UNKNOWN",
        });
        const agentId = this.#state.agents.ids[agent] as AgentId;
        offers.push({ frameworkId, agentId, window });
      }
    }
    return offers;
  }

  /** Agents whose refusals are over, to be looked at again. */
  dueAgents(nowMs: number): number[] {
    const due: number[] = [];
    for (const [agent, { asked }] of this.#windows) {
      for (const one of asked.values()) {
        if (one.refusedUntilMs === undefined || one.refusedUntilMs > nowMs) continue;
        one.refusedUntilMs = undefined;
        due.push(agent);
      }
    }
    return due;
  }

  get nextDueMs(): number | undefined {
    let next: number | undefined;
    for (const { asked } of this.#windows.values()) {
      for (const { refusedUntilMs } of asked.values()) {
        if (refusedUntilMs !== undefined) next = Math.min(next ?? Infinity, refusedUntilMs);
      }
    }
    return next;
  }

  #holders(agent: number): FrameworkId[] {
    const { holdings, frameworks } = this.#state;
    const holders = new Set<FrameworkId>();
    for (let h = holdings.firstOfAgent(agent); h >= 0; h = holdings.nextOfAgent(h)) {
      const framework = frameworks.leaves[holdings.leafOf(h)]?.framework;
      if (framework?.isActive === true && framework.isKnown) holders.add(framework.id);
    }
    holders.delete(this.#state.options.podsFrameworkId);
    return [...holders].sort();
  }
}
