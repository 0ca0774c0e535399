import type { Term } from "../../../src/runtime/leader/term.ts";

interface Leadership {
  readonly name: string;
  readonly term: Term;
}

/** What the masters of a cluster hold of leadership, told by themselves as it happens: no overlap is too short to be seen. */
export class LeadershipRecord {
  /** Who began to serve in which term of the Registry, in this order. */
  readonly served: { readonly name: string; readonly term: number }[] = [];
  /** A sentence for each time that two terms were current at once. */
  readonly overlaps: string[] = [];
  readonly #won: Leadership[] = [];

  /** An election was won: from now on no earlier term is current. @returns the term, watched each time that somebody relies on it. */
  won(name: string, term: Term): Term {
    const own = { name, term };
    for (const earlier of this.#won) {
      if (earlier.term.isCurrent()) this.overlaps.push(`${name} won while ${words(earlier)}`);
    }
    this.#won.push(own);
    return {
      number: term.number,
      signal: term.signal,
      isCurrent: () => {
        const isCurrent = term.isCurrent();
        const last = this.#won.at(-1);
        if (isCurrent && last !== undefined && last !== own) {
          this.overlaps.push(`${last.name} had won while ${words(own)}`);
        }
        return isCurrent;
      },
    };
  }

  serves(name: string, { number }: Term): void {
    this.served.push({ name, term: number });
  }

  get servedTerms(): readonly number[] {
    return this.served.map(({ term }) => term);
  }
}

function words({ name, term }: Leadership): string {
  return `${name} could still act in its term ${term.number}`;
}
