/** One vector of a file, ready to be run. */
export interface VectorCase {
  readonly name: string;
  /** Names a feature that does not exist yet; the vector is not run. */
  readonly skipped?: string;
  /** Undefined = it holds; else the first difference. */
  readonly run: () => string | undefined;
}

/** Reads a parsed vector file of one kind. */
export type VectorReader = (file: unknown) => readonly VectorCase[];
