/** A request whose body has been read whole. Header names are in lower case. */
export interface HttpRequest {
  readonly method: string;
  /** Path without query, as sent (percent-encoded). */
  readonly path: string;
  /** Query without `?`, "" when absent. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  /** Address of the peer, without port. */
  readonly remoteAddress: string;
}

/** An answer that is complete at once. `headers` keep their spelling. */
export interface HttpReply {
  readonly kind: "reply";
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Uint8Array;
}

/** The sending side of a chunked answer: one `write` is one write to the socket and one HTTP chunk. */
export interface ChunkSink {
  write(chunk: string | Uint8Array): void;
  /** Bytes handed over that the socket has not taken yet. */
  bufferedBytes(): number;
  /** Ends the answer after what was written; with `abort` the connection is cut at once. */
  close(how?: "abort"): void;
}

/** An answer that stays open. `open` is called once the header is written; what it returns is called once, at the end. */
export interface HttpStreamAnswer {
  readonly kind: "stream";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly open: (sink: ChunkSink) => { readonly onClosed: () => void };
}

export type HttpAnswer = HttpReply | HttpStreamAnswer;

/** What a server serves. Implemented by engines, called by adapters/http. Must not throw: a rejection becomes a 500. */
export interface HttpHandler {
  /** Most bytes of a body for this path; a longer one is answered 413 without calling `handle`. */
  bodyBytesMax(path: string): number;
  handle(request: HttpRequest): HttpAnswer | Promise<HttpAnswer>;
}
