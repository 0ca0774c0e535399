/** How a call may be repeated by the transport itself. */
export type Repeatable =
  /** Reading and applying: as often as the network asks for. */
  | "idempotent"
  /** POST and plain patches: only when the server said that it did nothing. */
  | "refusedOnly"
  /** Not even then: the caller wants the refusal (eviction against a budget). */
  | "never";

export type CallFailure =
  { readonly kind: "throttled"; readonly retryAfterMs: number } | { readonly kind: "reset" };

const THROTTLED_RETRIES_MAX = 5;
const RETRY_AFTER_MAX_MS = 10_000;
const RESET_RETRIES_MAX = 3;
const RESET_DELAY_MS = 100;

/**
 * How long to wait before the call is sent again, or `undefined` when the failure is the caller's.
 * `retries` counts the repetitions so far; `chance` in [0, 1) spreads clients that were refused together by up to a quarter.
 */
export function retryDelayMs(
  failure: CallFailure,
  repeatable: Repeatable,
  retries: number,
  chance: number,
): number | undefined {
  if (failure.kind === "throttled") {
    if (repeatable === "never" || retries >= THROTTLED_RETRIES_MAX) return undefined;
    const waitMs = Math.min(failure.retryAfterMs, RETRY_AFTER_MAX_MS);
    return waitMs * (1 + chance / 4);
  }
  if (repeatable !== "idempotent" || retries >= RESET_RETRIES_MAX) return undefined;
  return RESET_DELAY_MS * 2 ** retries * (0.5 + chance / 2);
}

/** Seconds or an HTTP date of a `Retry-After` header as milliseconds from `nowMs`; `undefined` when absent or unreadable. */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1_000;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
