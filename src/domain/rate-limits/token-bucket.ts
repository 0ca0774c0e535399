/** How many calls a second on average, and how many at once after a pause. */
export interface Rate {
  readonly qps: number;
  readonly capacity: number;
}

/** What is left of a rate; `atMs` on any clock that never goes back. */
export interface Bucket {
  readonly tokens: number;
  readonly atMs: number;
}

export type Taken =
  | { readonly ok: true; readonly bucket: Bucket }
  /** After `waitMs` there is a token again, unless somebody else takes it. */
  | { readonly ok: false; readonly bucket: Bucket; readonly waitMs: number };

export function fullBucket({ capacity }: Rate, nowMs: number): Bucket {
  return { tokens: capacity, atMs: nowMs };
}

/** Takes one token if there is one. tokens(t) = min(capacity, tokens + qps · Δt). */
export function takeToken(bucket: Bucket, rate: Rate, nowMs: number): Taken {
  const elapsedMs = Math.max(0, nowMs - bucket.atMs);
  const tokens = Math.min(rate.capacity, bucket.tokens + (rate.qps * elapsedMs) / 1000);
  const atMs = Math.max(nowMs, bucket.atMs);
  return tokens >= 1
    ? { ok: true, bucket: { tokens: tokens - 1, atMs } }
    : { ok: false, bucket: { tokens, atMs }, waitMs: ((1 - tokens) * 1000) / rate.qps };
}

/** Undoes a `takeToken` that was not to count. */
export function returnToken({ tokens, atMs }: Bucket, { capacity }: Rate): Bucket {
  return { tokens: Math.min(capacity, tokens + 1), atMs };
}
