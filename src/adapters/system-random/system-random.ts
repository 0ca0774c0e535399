import { randomUUID, webcrypto } from "node:crypto";
import type { Random } from "../../runtime/ports/random.ts";

const POOL_SIZE = 256;

/** The machine's source of chance; 32 bits per number, drawn in batches because jitter is asked for often. */
export class SystemRandom implements Random {
  readonly #pool = new Uint32Array(POOL_SIZE);
  #used = POOL_SIZE;

  next(): number {
    if (this.#used === POOL_SIZE) {
      webcrypto.getRandomValues(this.#pool);
      this.#used = 0;
    }
    return this.#pool[this.#used++]! / 2 ** 32;
  }

  uuid(): string {
    return randomUUID();
  }
}
