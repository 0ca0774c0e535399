/** One call, event, endpoint, error or metric of the contract, and how it is proven. */
export type Row = {
  /** In the words of the field. */
  readonly row: string;
  /** The requirement. */
  readonly id: string;
} & (
  | {
      /** Part of the full title of a test that proves it; the title has the id of the requirement too. */
      readonly test: string;
    }
  | {
      /** Words of the part of docs/status.md that says what is not there yet. */
      readonly notYet: string;
    }
  | {
      /** Why there is no test, and what the product answers. */
      readonly missing: string;
    }
);

export interface Area {
  readonly name: string;
  /** Where its tests are. Only these count: what clients see is proven over real HTTP. */
  readonly tests: "wire" | "allocator";
  readonly rows: readonly Row[];
}
