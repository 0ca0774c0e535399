/** How long a lease holds, when its holder gives up, how often everybody tries. `retry < renewDeadline < lease`. */
export interface LeaseTiming {
  readonly leaseMs: number;
  readonly renewDeadlineMs: number;
  readonly retryMs: number;
}

/** Masters: a crash fails over in under 10 s. Their writes end within 2 s (lease − renew deadline). */
export const MASTER_TIMING: LeaseTiming = {
  leaseMs: 6_000,
  renewDeadlineMs: 4_000,
  retryMs: 1_000,
};

/** The operator and every other lease. Writes end within 5 s. */
export const DEFAULT_TIMING: LeaseTiming = {
  leaseMs: 15_000,
  renewDeadlineMs: 10_000,
  retryMs: 2_000,
};
