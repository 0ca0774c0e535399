/** The only source of chance. */
export interface Random {
  /** A double in [0, 1). */
  next(): number;
  /** A version 4 UUID. */
  uuid(): string;
}
