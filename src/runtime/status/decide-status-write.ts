import { canonicalJson } from "../apply/canonical-json.ts";
import { findCondition, type Condition } from "./condition.ts";

/** One periodic write per object in this time. */
export const STATUS_PERIOD_MS = 10_000;
/** Numbers that moved by less than {@link NUMBER_SHARE} are rewritten after this time at the latest. */
export const NUMBERS_PERIOD_MS = 300_000;
const NUMBER_SHARE = 0.01;

export type StatusDecision =
  | { readonly kind: "write" }
  | { readonly kind: "same" }
  /** Worth writing, but not yet: look again after this time. */
  | { readonly kind: "later"; readonly afterMs: number };

/** The part of a status that is written at once when it changes. */
export type UrgentPart = (status: object) => unknown;

/** What people and `kubectl wait` wait for: phase, leader, Ready, Stalled, and that the newest spec was seen. */
export const urgentByDefault: UrgentPart = (status) => {
  const { observedGeneration, phase, leader, conditions } = status as {
    readonly observedGeneration?: unknown;
    readonly phase?: unknown;
    readonly leader?: unknown;
    readonly conditions?: readonly Condition[];
  };
  const of = (type: string): unknown => {
    const condition = findCondition(conditions, type);
    return condition === undefined ? undefined : [condition.status, condition.reason];
  };
  return { observedGeneration, phase, leader, ready: of("Ready"), stalled: of("Stalled") };
};

/**
 * Whether `next` is written now. Only a difference in meaning counts; a flip of the urgent part goes at once, anything else at most
 * every ten seconds, and numbers that moved by less than a hundredth at most every five minutes.
 */
export function decideStatusWrite(seen: {
  readonly previous: object | undefined;
  readonly next: object;
  /** Since our last write of this object; `undefined` when we wrote none yet. */
  readonly sinceWriteMs: number | undefined;
  readonly urgent: UrgentPart;
}): StatusDecision {
  const { previous, next, urgent } = seen;
  if (previous === undefined) return { kind: "write" };
  const difference = compareStatus(previous, next);
  if (difference === "same") return { kind: "same" };
  if (canonicalJson(urgent(previous)) !== canonicalJson(urgent(next))) return { kind: "write" };
  if (seen.sinceWriteMs === undefined) return { kind: "write" };
  const periodMs = difference === "numbers" ? NUMBERS_PERIOD_MS : STATUS_PERIOD_MS;
  const afterMs = periodMs - seen.sinceWriteMs;
  return afterMs <= 0 ? { kind: "write" } : { kind: "later", afterMs };
}

/** `numbers`: only numbers differ, each by less than a hundredth. */
function compareStatus(previous: unknown, next: unknown): "same" | "numbers" | "other" {
  if (previous === next) return "same";
  if (typeof previous === "number" && typeof next === "number") {
    return Math.abs(next - previous) < NUMBER_SHARE * Math.abs(previous) ? "numbers" : "other";
  }
  if (
    isContainer(previous) &&
    isContainer(next) &&
    Array.isArray(previous) === Array.isArray(next)
  ) {
    const fields = new Set([...Object.keys(previous), ...Object.keys(next)]);
    let worst: "same" | "numbers" = "same";
    for (const field of fields) {
      const difference = compareStatus(previous[field], next[field]);
      if (difference === "other") return "other";
      if (difference === "numbers") worst = "numbers";
    }
    return worst;
  }
  return "other";
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
