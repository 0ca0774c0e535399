import type { Term } from "./term.ts";

/** The term of a process that needs no election: nobody else writes what it writes. */
export const ETERNAL_TERM: Term = {
  number: 0,
  isCurrent: () => true,
  signal: new AbortController().signal,
};
