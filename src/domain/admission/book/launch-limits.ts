/** What an app says about when its pods may start. */
export interface AppLaunchRules {
  /** No pod is admitted before (back-off after failures). */
  readonly delayUntilMs?: number;
  /** Most pods admitted within any minute; 0 = no limit. */
  readonly launchRatePerMinute: number;
}

export interface Allowance {
  /** Most pods that may start now. */
  readonly count: number;
  /** When more may start; absent when nothing is held back. */
  readonly nextMs?: number;
  readonly heldBy?: "delay" | "rate";
}

/** Launches of an app are counted within this time. */
export const LAUNCH_WINDOW_MS = 60_000;

/** Launch delays and rates of apps (marathon.md 8.4). Apps that were never named have no limits. */
export class LaunchLimits {
  readonly #rules = new Map<string, AppLaunchRules>();
  /** Times of admissions within the last minute, ascending; only of apps with a rate. */
  readonly #launches = new Map<string, number[]>();

  put(appKey: string, rules: AppLaunchRules): void {
    this.#rules.set(appKey, rules);
  }

  remove(appKey: string): void {
    this.#rules.delete(appKey);
    this.#launches.delete(appKey);
  }

  isRated(appKey: string): boolean {
    return (this.#rules.get(appKey)?.launchRatePerMinute ?? 0) > 0;
  }

  launched(appKey: string, nowMs: number): void {
    const times = this.#launches.get(appKey) ?? [];
    times.push(nowMs);
    this.#launches.set(appKey, times);
  }

  /** The newest launch did not happen after all. */
  withdrawn(appKey: string): void {
    this.#launches.get(appKey)?.pop();
  }

  allowance(appKey: string, nowMs: number): Allowance {
    const rules = this.#rules.get(appKey);
    if (rules?.delayUntilMs !== undefined && rules.delayUntilMs > nowMs) {
      return { count: 0, nextMs: rules.delayUntilMs, heldBy: "delay" };
    }
    const rate = rules?.launchRatePerMinute ?? 0;
    if (rate === 0) return { count: Infinity };
    const times = (this.#launches.get(appKey) ?? []).filter((ms) => ms > nowMs - LAUNCH_WINDOW_MS);
    this.#launches.set(appKey, times);
    const count = Math.max(0, rate - times.length);
    const oldest = times[0];
    return oldest === undefined
      ? { count, heldBy: "rate" }
      : { count, nextMs: oldest + LAUNCH_WINDOW_MS, heldBy: "rate" };
  }
}
