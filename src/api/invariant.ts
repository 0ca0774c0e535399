/** A broken assumption of ours: the loop or process that meets it restarts. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

/** @throws {InvariantError} when `condition` is false; `must` says what must hold. */
export function invariant(condition: unknown, must: string): asserts condition {
  if (!condition) throw new InvariantError(`invariant broken: ${must}`);
}

/** For the default branch of a switch over a union: does not compile while a case is missing. */
export function assertNever(value: never): never {
  throw new InvariantError(`invariant broken: no case for ${JSON.stringify(value)}`);
}
