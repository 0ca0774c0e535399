/** What stories measured on the way: reported, never asserted. */
export class Figures {
  readonly #seconds = new Map<string, number[]>();
  readonly #notes = new Map<string, string>();

  /** How long something took. */
  tookMs(what: string, durationMs: number): void {
    this.#seconds.set(what, [...(this.#seconds.get(what) ?? []), durationMs / 1000]);
  }

  note(what: string, value: string): void {
    this.#notes.set(what, value);
  }

  /** A line per figure; empty when nothing was measured. */
  lines(): string[] {
    return [
      ...[...this.#seconds].map(
        ([what, values]) => `${what}: ${values.map((value) => value.toFixed(1)).join(", ")} s`,
      ),
      ...[...this.#notes].map(([what, value]) => `${what}: ${value}`),
    ];
  }
}
