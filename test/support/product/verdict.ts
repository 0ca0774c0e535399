/** What a condition answers: true when it holds, or else a sentence (or nothing) that says how far it is. */
export type Verdict = boolean | string | undefined;

/** As a probe of `until` answers. @throws {Error} the sentence, when there is one. */
export function holds(verdict: Verdict): boolean {
  if (typeof verdict === "string") throw new Error(verdict);
  return verdict === true;
}
