interface Told {
  readonly observedGeneration?: number | undefined;
  readonly conditions: readonly { readonly observedGeneration: number }[];
}

/**
 * The status as one of this generation. A round that still had to write for the newest generation saw the world before it: what it
 * says is true of the earlier one.
 */
export function ofGeneration<S extends Told>(status: S, generation: number): S {
  const conditions = status.conditions.map((fact) => ({ ...fact, observedGeneration: generation }));
  return { ...status, observedGeneration: generation, conditions };
}
