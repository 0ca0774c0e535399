import type { Election, Term } from "../../../src/runtime/leader/term.ts";

type Turn = "won" | "lost" | "released";

export interface CandidateOptions {
  /** As a process does: it ends when it loses a term. Default: it goes on. */
  readonly endsWithTerm?: boolean;
}

/** Somebody who takes part in an election and remembers what it is told. */
export class Candidate<E extends Election = Election> {
  readonly name: string;
  readonly election: E;
  readonly stop = new AbortController();
  readonly running: Promise<void>;
  /** The last that was won. */
  term: Term | undefined;
  readonly #heard: { readonly turn: Turn; readonly number: number }[] = [];

  constructor(name: string, election: E, { endsWithTerm = false }: CandidateOptions = {}) {
    this.name = name;
    this.election = election;
    this.running = election.run(
      {
        onWon: (term) => {
          this.term = term;
          this.#heard.push({ turn: "won", number: term.number });
        },
        onLost: ({ number }, released) => {
          this.#heard.push({ turn: released ? "released" : "lost", number });
          if (endsWithTerm && !released) this.stop.abort();
        },
      },
      this.stop.signal,
    );
  }

  /** What it heard, as `won 1`. */
  get events(): string[] {
    return this.#heard.map(({ turn, number }) => `${turn} ${number}`);
  }

  /** The same without the numbers. */
  get turns(): Turn[] {
    return this.#heard.map(({ turn }) => turn);
  }

  get wonTerms(): number[] {
    return this.#heard.filter(({ turn }) => turn === "won").map(({ number }) => number);
  }
}

/** Names of those that lead right now. */
export function leadingOf(candidates: readonly Candidate[]): string[] {
  return candidates
    .filter(({ election }) => election.current()?.isCurrent())
    .map(({ name }) => name);
}
