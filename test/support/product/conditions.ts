interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

interface WithConditions {
  readonly status?: { readonly conditions?: readonly unknown[] | undefined } | undefined;
}

/** The condition of that type, if the object exists and has it. */
export function conditionOf(
  object: WithConditions | undefined,
  type: string,
): Condition | undefined {
  const conditions = (object?.status?.conditions ?? []) as readonly Condition[];
  return conditions.find((condition) => condition.type === type);
}
