import type { Entry, EntryPhase } from "./entry.ts";
import { isGated, UNBOUND_AFTER_MS } from "./entry.ts";
import type { GateQueue } from "./gate-queue.ts";
import { groupFields, SPREAD_AGAIN_MS } from "./group-spread.ts";
import type { PageStore } from "./page-store.ts";

/** What only time brings: pods that wait or find no node for long are noted, queues are let on. */
export class DueChecks {
  readonly #pages: PageStore;
  readonly #queue: GateQueue;

  constructor(pages: PageStore, queue: GateQueue) {
    this.#pages = pages;
    this.#queue = queue;
  }

  /** Walks all entries when something is due, and never before. */
  timePassed(nowMs: number): void {
    if (nowMs < this.#pages.nextDueMs) return;
    this.#pages.clearDue();
    const regulated = new Set<string>();
    const spreading = new Set<string>();
    for (const entry of this.#pages.all()) {
      if (entry.phase.kind === "admitted") this.#checkBound(entry, entry.phase, nowMs);
      if (!isGated(entry)) continue;
      this.#checkTimeout(entry, nowMs);
      if (this.#spreads(entry)) spreading.add(entry.pod.role);
      const { appKey } = entry.pod;
      if (appKey === undefined) this.#queue.settle(entry, nowMs);
      else if (!regulated.has(appKey)) {
        regulated.add(appKey);
        this.#queue.regulate(appKey, nowMs);
      }
    }
    // The best group may be full by now, which nobody tells.
    for (const role of spreading) this.#pages.tell({ kind: "podRulesChanged", role });
    if (spreading.size > 0) this.#pages.due(nowMs + SPREAD_AGAIN_MS);
  }

  #spreads({ phase, pod }: Entry): boolean {
    return phase.kind === "waiting" && groupFields(pod).size > 0;
  }

  #checkBound(entry: Entry, { sinceMs }: EntryPhase & { kind: "admitted" }, nowMs: number): void {
    if (entry.noted.has("AdmittedButUnbound")) return;
    const dueMs = sinceMs + UNBOUND_AFTER_MS;
    if (nowMs < dueMs) {
      this.#pages.due(dueMs);
      return;
    }
    const why = "the gate was opened 60 s ago and no node was found; see the scheduler's events";
    this.#pages.note(entry, "AdmittedButUnbound", why);
  }

  #checkTimeout(entry: Entry, nowMs: number): void {
    const { gateTimeoutMs } = this.#queue.rules;
    if (gateTimeoutMs === 0 || entry.noted.has("AdmissionTimeout")) return;
    const dueMs = entry.waitingSinceMs + gateTimeoutMs;
    if (nowMs < dueMs) {
      this.#pages.due(dueMs);
      return;
    }
    const why = `waiting for longer than gateTimeoutSeconds (${gateTimeoutMs / 1000} s)`;
    this.#pages.note(entry, "AdmissionTimeout", why);
  }
}
