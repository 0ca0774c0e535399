/** Where audit lines go, in order. */
export interface LineSink {
  /** Takes the line now and writes it as soon as it can; never throws. */
  write(line: string): void;
}

/** How far a chain had come when it was written last. */
export interface ChainEnd {
  readonly id: number;
  readonly hash: string;
}
