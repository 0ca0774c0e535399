import { needsPin } from "../pool-pod.ts";
import type { AdmissionRules } from "./admission-rules.ts";
import type { Charges } from "./charges.ts";
import type { Entry, HoldReason } from "./entry.ts";
import { groupFields, SPREAD_AGAIN_MS } from "./group-spread.ts";
import { compareQueued, isGated } from "./entry.ts";
import type { LaunchLimits } from "./launch-limits.ts";
import type { PageStore } from "./page-store.ts";

/** Which gated pods the allocator sees: all that nothing holds back, within the launch limits of their app. */
export class GateQueue {
  readonly #pages: PageStore;
  readonly #charges: Charges;
  readonly #limits: LaunchLimits;
  /** Apps whose pods `settleApps` looks through. */
  readonly #unsettled = new Set<string>();
  rules: AdmissionRules;

  constructor(pages: PageStore, charges: Charges, limits: LaunchLimits, rules: AdmissionRules) {
    this.#pages = pages;
    this.#charges = charges;
    this.#limits = limits;
    this.rules = rules;
  }

  /**
   * Shows the pod to the allocator, or takes it back, as its own state says and its app's delay. Within a launch rate it
   * depends on the other pods of the app: `settleApps` does that for all of them at once.
   */
  settle(entry: Entry, nowMs: number): void {
    if (!isGated(entry)) return;
    if (entry.fault !== undefined) {
      this.#pages.note(entry, entry.fault.reason, entry.fault.message);
    }
    const { appKey } = entry.pod;
    if (appKey === undefined) this.#holdOrShow(entry, undefined, nowMs);
    else if (this.#limits.isRated(appKey)) this.#unsettled.add(appKey);
    else this.#holdOrShow(entry, this.#allowed(appKey, nowMs) > 0 ? undefined : "delay", nowMs);
  }

  /** The pod is gone: if its app has a launch rate, another may start instead. */
  left({ pod: { appKey } }: Entry): void {
    if (appKey !== undefined && this.#limits.isRated(appKey)) this.#unsettled.add(appKey);
  }

  /** To be called at the end of a turn. */
  settleApps(nowMs: number): void {
    for (const appKey of this.#unsettled) this.regulate(appKey, nowMs);
    this.#unsettled.clear();
  }

  /** As many of the app's gated pods as may start now, the first of its queue. */
  regulate(appKey: string, nowMs: number): void {
    const allowed = this.#allowed(appKey, nowMs);
    const heldBy = this.#limits.allowance(appKey, nowMs).heldBy ?? "rate";
    let shown = 0;
    for (const entry of this.#pages.ofApp(appKey).filter(isGated).sort(compareQueued)) {
      this.#holdOrShow(entry, shown < allowed ? undefined : heldBy, nowMs);
      if (entry.phase.kind === "waiting") shown += 1;
    }
  }

  #allowed(appKey: string, nowMs: number): number {
    const { count, nextMs } = this.#limits.allowance(appKey, nowMs);
    if (nextMs !== undefined) this.#pages.due(nextMs);
    return count;
  }

  #holdReason(
    entry: Entry,
    appHold: HoldReason | undefined,
    nowMs: number,
  ): HoldReason | undefined {
    if (!this.rules.isEnabled) return "disabled";
    if (entry.fault !== undefined) return "fault";
    if (this.rules.pin === "Never" && needsPin(entry.pod)) return "pinForbidden";
    if (entry.retryAtMs !== undefined && entry.retryAtMs > nowMs) return "refused";
    return appHold;
  }

  #holdOrShow(entry: Entry, appHold: HoldReason | undefined, nowMs: number): void {
    const reason = this.#holdReason(entry, appHold, nowMs);
    if (reason !== undefined) {
      this.#hold(entry, reason);
    } else if (entry.phase.kind !== "waiting") {
      this.#pages.setPhase(entry, { kind: "waiting" });
      this.#pages.tell({ kind: "podWaiting", pod: this.#charges.waitingPod(entry) });
      if (groupFields(entry.pod).size > 0) this.#pages.due(nowMs + SPREAD_AGAIN_MS);
      const { gateTimeoutMs } = this.rules;
      if (gateTimeoutMs > 0) this.#pages.due(entry.waitingSinceMs + gateTimeoutMs);
    }
  }

  #hold(entry: Entry, reason: HoldReason): void {
    if (entry.phase.kind === "waiting") this.#charges.release(entry);
    this.#pages.setPhase(entry, { kind: "held", reason });
    if (reason === "refused" && entry.retryAtMs !== undefined) this.#pages.due(entry.retryAtMs);
    if (reason === "pinForbidden") {
      const why = "the pod needs a node of our choice and admission.pin is Never";
      this.#pages.note(entry, "UnfulfilledConstraint", why);
    }
  }
}
