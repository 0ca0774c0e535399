import type { Clock } from "../../runtime/ports/clock.ts";
import { Remembered } from "./remembered.ts";
import { equal, hmac } from "./secret-check.ts";

/** Between the first and the second request of a client. */
export interface ScramExchange {
  readonly name: string;
  readonly nonce: string;
  /** Client-first-bare and server-first: the beginning of what is signed. */
  readonly signed: string;
}

interface Sealed extends ScramExchange {
  readonly untilMs: number;
}

const EXCHANGE_MS = 60_000;
const FINISHED_MAX = 100_000;

/**
 * Exchanges that are half done travel with their clients, sealed in the session id, for a minute: where nothing is kept of them
 * nobody can push out those of others.
 */
export class ScramExchanges {
  readonly #clock: Clock;
  readonly #key: Buffer;
  /** Nonces of those that ended well: a proof is good for one try. Only who knows a secret adds to them. */
  readonly #finished: Remembered<true>;

  /** @param key known to nobody else. */
  constructor(clock: Clock, key: Buffer) {
    this.#clock = clock;
    this.#key = key;
    this.#finished = new Remembered(clock, FINISHED_MAX);
  }

  /** The session id: base64url and a dot, so that no header has to quote it. */
  seal(exchange: ScramExchange): string {
    const sealed: Sealed = { ...exchange, untilMs: this.#clock.monotonicMs() + EXCHANGE_MS };
    const text = Buffer.from(JSON.stringify(sealed)).toString("base64url");
    return `${text}.${hmac(this.#key, text).toString("base64url")}`;
  }

  /** undefined: not from us, too old, or finished. */
  open(sid: string): ScramExchange | undefined {
    const [text = "", seal = ""] = sid.split(".");
    if (!equal(Buffer.from(seal, "base64url"), hmac(this.#key, text))) return undefined;
    const sealed = JSON.parse(Buffer.from(text, "base64url").toString("utf8")) as Sealed;
    const isOver = sealed.untilMs <= this.#clock.monotonicMs();
    return isOver || this.#finished.get(sealed.nonce) === true ? undefined : sealed;
  }

  finish({ nonce }: ScramExchange): void {
    this.#finished.set(nonce, true, EXCHANGE_MS);
  }
}
