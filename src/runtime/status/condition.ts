export type ConditionStatus = "True" | "False" | "Unknown";

/** A Kubernetes condition as it is stored. */
export interface Condition {
  readonly type: string;
  readonly status: ConditionStatus;
  /** CamelCase, from a closed set. */
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration?: number;
  /** RFC 3339, seconds. */
  readonly lastTransitionTime: string;
}

/** A condition as it is decided: when it changed follows from what was there. */
export type WantedCondition = Omit<Condition, "lastTransitionTime">;

const MESSAGE_MAX = 1_024;

/**
 * The wanted conditions, in their order, with the transition time kept where the status did not change. Conditions of our types
 * that are no longer wanted are left out; types of other writers are theirs (they own them by their field manager).
 */
export function mergeConditions(
  previous: readonly Condition[],
  wanted: readonly WantedCondition[],
  nowMs: number,
): readonly Condition[] {
  const known = new Map(previous.map((condition) => [condition.type, condition]));
  return wanted.map((condition) => {
    const before = known.get(condition.type);
    return {
      ...condition,
      message: truncate(condition.message),
      lastTransitionTime:
        before?.status === condition.status ? before.lastTransitionTime : formatTime(nowMs),
    };
  });
}

export function findCondition<C extends WantedCondition>(
  conditions: readonly C[] | undefined,
  type: string,
): C | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** `2026-11-21T13:09:12Z`: metav1.Time has no fractions. */
export function formatTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, "Z");
}

function truncate(message: string): string {
  return message.length <= MESSAGE_MAX ? message : `${message.slice(0, MESSAGE_MAX - 1)}…`;
}
