import type {
  ChunkSink,
  HttpAnswer,
  HttpHandler,
  HttpReply,
  HttpRequest,
} from "../../../src/runtime/ports/http-exchange.ts";
import { Latencies } from "../run/latencies.ts";

/** Requests that carry it are timed under the name it gives. */
export const MARK_HEADER = "x-bench-mark";

interface Marked {
  readonly mark: string;
  readonly startedMs: number;
  hasWritten: boolean;
}

/**
 * Times marked requests from their last byte (when the server hands them over) by the clock of the process that serves:
 * until they are answered, and until the first byte they make go out on any stream. Both happen in one turn of the
 * event loop as long as nobody has to be authenticated.
 */
export class TimedHandler implements HttpHandler {
  readonly #inner: HttpHandler;
  readonly answered = new Map<string, Latencies>();
  readonly written = new Map<string, Latencies>();
  #current: Marked | undefined;

  constructor(inner: HttpHandler) {
    this.#inner = inner;
  }

  bodyBytesMax(path: string): number {
    return this.#inner.bodyBytesMax(path);
  }

  handle(request: HttpRequest): HttpAnswer | Promise<HttpAnswer> {
    const mark = request.headers[MARK_HEADER];
    if (mark === undefined) return this.#open(this.#inner.handle(request));
    const startedMs = performance.now();
    this.#current = { mark, startedMs, hasWritten: false };
    const answer = this.#inner.handle(request);
    this.#current = undefined;
    latenciesOf(this.answered, mark).note(performance.now() - startedMs);
    return this.#open(answer);
  }

  /** Forgets the warm-up. */
  reset(): void {
    for (const latencies of [...this.answered.values(), ...this.written.values()]) {
      latencies.reset();
    }
  }

  #open(answer: HttpAnswer | Promise<HttpAnswer>): HttpAnswer | Promise<HttpAnswer> {
    if (answer instanceof Promise || isReply(answer)) return answer;
    return {
      ...answer,
      open: (sink) => answer.open(new TimedSink(sink, () => this.#noteWrite())),
    };
  }

  #noteWrite(): void {
    const current = this.#current;
    if (current === undefined || current.hasWritten) return;
    current.hasWritten = true;
    latenciesOf(this.written, current.mark).note(performance.now() - current.startedMs);
  }
}

class TimedSink implements ChunkSink {
  readonly #inner: ChunkSink;
  readonly #onWrite: () => void;

  constructor(inner: ChunkSink, onWrite: () => void) {
    this.#inner = inner;
    this.#onWrite = onWrite;
  }

  write(chunk: string | Uint8Array): void {
    this.#inner.write(chunk);
    this.#onWrite();
  }

  bufferedBytes(): number {
    return this.#inner.bufferedBytes();
  }

  close(how?: "abort"): void {
    this.#inner.close(how);
  }
}

function isReply(answer: HttpAnswer): answer is HttpReply {
  return answer.kind === "reply";
}

function latenciesOf(all: Map<string, Latencies>, mark: string): Latencies {
  const known = all.get(mark);
  if (known !== undefined) return known;
  const latencies = new Latencies();
  all.set(mark, latencies);
  return latencies;
}
