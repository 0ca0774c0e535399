/** Mesos' default of `Filters.refuse_seconds`. */
const DEFAULT_SECONDS = 5;
const LONGEST_SECONDS = 31_536_000;

/**
 * How long a refusal holds in ms; undefined = no filter. Negative or not representable → 5 s, more
 * than 365 days → 365 days, 0 → none, and never less than the allocation interval.
 *
 * @see mesos@1.11 src/master/allocator/mesos/hierarchical.cpp `recoverResources`
 */
export function refuseTimeMs(refuseSeconds: number, intervalMs: number): number | undefined {
  if (refuseSeconds === 0) return undefined;
  const isUsable = refuseSeconds > 0 && !Number.isNaN(refuseSeconds);
  const seconds = isUsable ? Math.min(refuseSeconds, LONGEST_SECONDS) : DEFAULT_SECONDS;
  return Math.max(intervalMs, Math.ceil(seconds * 1000));
}
