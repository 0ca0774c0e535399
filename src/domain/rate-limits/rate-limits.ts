import type { Rate } from "./token-bucket.ts";

/** Limits of calls by principal. Frozen; JSON-plain. */
export interface RateLimits {
  /** undefined: a principal of its own without limit. */
  readonly principals: Readonly<Record<string, Rate | undefined>>;
  /** Shared by everybody who is not listed, and by those without principal. */
  readonly aggregateDefault: Rate | undefined;
}

export const NO_RATE_LIMITS: RateLimits = Object.freeze({
  principals: {},
  aggregateDefault: undefined,
});

/** Which bucket counts a call, and its rate; undefined: no limit. */
export function limitOf(
  { principals, aggregateDefault }: RateLimits,
  principal: string | undefined,
): { readonly bucket: string; readonly rate: Rate } | undefined {
  const isListed = principal !== undefined && Object.hasOwn(principals, principal);
  const rate = isListed ? principals[principal] : aggregateDefault;
  return rate === undefined
    ? undefined
    : { bucket: isListed ? `principal ${principal}` : "others", rate };
}

/** Without a capacity a second's worth may come at once. */
export function rateOf(qps: number, capacity: number | undefined): Rate {
  return { qps, capacity: capacity ?? Math.max(1, Math.ceil(qps)) };
}

export type ParsedRateLimits =
  | { readonly ok: true; readonly limits: RateLimits }
  | { readonly ok: false; readonly path: string; readonly message: string };

interface GivenRate {
  readonly path: string;
  readonly qps: unknown;
  readonly capacity: unknown;
}

/**
 * The JSON form of Mesos: `{"limits": [{principal, qps, capacity}], aggregate_default_qps, aggregate_default_capacity}`. A
 * principal without `qps` is not limited.
 * @see mesos@1.11 src/master/master.cpp, flag `rate_limits`
 */
export function parseRateLimits(raw: unknown): ParsedRateLimits {
  if (!isFields(raw)) return fault("", "must be an object");
  const { limits = [], aggregate_default_qps, aggregate_default_capacity, ...others } = raw;
  const [stranger] = Object.keys(others);
  if (stranger !== undefined) return fault(stranger, "unknown field");
  if (!Array.isArray(limits)) return fault("limits", "must be a list");
  const principals: Record<string, Rate | undefined> = Object.create(null) as typeof principals;
  for (const [i, item] of (limits as unknown[]).entries()) {
    const path = `limits[${i}]`;
    if (!isFields(item)) return fault(path, "must be an object");
    const { principal, qps, capacity, ...rest } = item;
    const [odd] = Object.keys(rest);
    if (odd !== undefined) return fault(`${path}.${odd}`, "unknown field");
    if (typeof principal !== "string" || principal === "") {
      return fault(`${path}.principal`, "must be a text");
    }
    if (principal in principals) return fault(`${path}.principal`, `${principal} is there twice`);
    const read = readRate({ path: `${path}.`, qps, capacity });
    if ("message" in read) return fault(read.path, read.message);
    principals[principal] = read.rate;
  }
  const general = readRate({
    path: "aggregate_default_",
    qps: aggregate_default_qps,
    capacity: aggregate_default_capacity,
  });
  if ("message" in general) return fault(general.path, general.message);
  return {
    ok: true,
    limits: Object.freeze({ principals: { ...principals }, aggregateDefault: general.rate }),
  };
}

type ReadRate =
  { readonly rate: Rate | undefined } | { readonly path: string; readonly message: string };

function readRate({ path, qps, capacity }: GivenRate): ReadRate {
  const isCount = typeof capacity === "number" && Number.isSafeInteger(capacity) && capacity > 0;
  if (capacity !== undefined && !isCount) {
    return { path: `${path}capacity`, message: "must be a whole number above 0" };
  }
  if (qps === undefined) {
    return capacity === undefined
      ? { rate: undefined }
      : { path: `${path}capacity`, message: "means nothing without qps" };
  }
  if (typeof qps !== "number" || !(qps > 0) || qps === Infinity) {
    return { path: `${path}qps`, message: "must be a number above 0" };
  }
  return { rate: rateOf(qps, capacity) };
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function fault(path: string, message: string): ParsedRateLimits {
  return { ok: false, path, message };
}

/** The same from text. */
export function parseRateLimitsText(text: string): ParsedRateLimits {
  try {
    return parseRateLimits(JSON.parse(text));
  } catch {
    return fault("", "is not JSON");
  }
}
