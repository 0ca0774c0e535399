import type { ServerResponse } from "node:http";

import type { ChunkSink } from "../../runtime/ports/http-exchange.ts";

/** A chunked answer: Node makes one HTTP chunk of each write. */
export class ResponseSink implements ChunkSink {
  readonly #response: ServerResponse;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  write(chunk: string | Uint8Array): void {
    if (this.#response.destroyed || this.#response.writableEnded) return;
    // Text is pure ASCII; latin1 spares the UTF-8 scan.
    if (typeof chunk === "string") this.#response.write(chunk, "latin1");
    else this.#response.write(chunk);
  }

  bufferedBytes(): number {
    return this.#response.writableLength;
  }

  close(how?: "abort"): void {
    if (how === "abort") this.#response.destroy();
    else this.#response.end();
  }

  /** Calls `closed` once, when the connection is over, whoever ended it. */
  onceClosed(closed: () => void): void {
    if (this.#response.closed) {
      closed();
      return;
    }
    this.#response.once("close", closed);
  }
}
