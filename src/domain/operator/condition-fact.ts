/** One condition as a decision states it: without times, which follow from what was there before. */
export interface ConditionFact {
  readonly type: string;
  readonly status: "True" | "False" | "Unknown";
  /** CamelCase, from the closed table of operator.md 2.1. */
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number;
}
