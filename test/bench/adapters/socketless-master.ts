import { SystemClock } from "../../../src/adapters/system-clock/system-clock.ts";
import { RecordDecoder } from "../../../src/api/record-io/record-io.ts";
import { ETERNAL_TERM } from "../../../src/runtime/leader/eternal-term.ts";
import type {
  ChunkSink,
  HttpAnswer,
  HttpHandler,
  HttpReply,
} from "../../../src/runtime/ports/http-exchange.ts";
import { NO_AUTHENTICATION } from "../../../src/services/offer-engine/http/authentication.ts";
import { MasterService } from "../../../src/services/offer-engine/master-service.ts";
import type { OfferEngine } from "../../../src/services/offer-engine/core/engine.ts";
import { FixedConfigSource, makeClusterConfig } from "../../support/mesos/cluster-config.ts";
import { MemoryRegistry } from "../../support/mesos/memory-registry.ts";
import { RecordingLogger } from "../../support/recording-logger.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

const RECORD_BYTES_MAX = 64 * 1024 * 1024;
/** Longer than any run: nothing is rescinded while it is measured. */
const OFFER_TIMEOUT_MS = 3_600_000;

/** The master's configuration in all benches. */
export const BENCH_CONFIG = makeClusterConfig({ offerTimeoutMs: OFFER_TIMEOUT_MS });

/** The receiving end of a stream: counts what is written to it and, while asked to, keeps its records. */
export class CountingSink implements ChunkSink {
  bytes = 0;
  records: string[] | undefined = [];
  readonly #decoder = new RecordDecoder(RECORD_BYTES_MAX);

  write(chunk: string | Uint8Array): void {
    this.bytes += chunk.length;
    if (this.records === undefined) return;
    const bytes = typeof chunk === "string" ? Buffer.from(chunk, "latin1") : chunk;
    for (const record of this.#decoder.push(bytes)) {
      this.records.push(Buffer.from(record).toString("latin1"));
    }
  }

  bufferedBytes(): number {
    return 0;
  }

  close(): void {
    this.records = undefined;
  }
}

/** A leading master called as its HTTP server calls it, without sockets: parse, decide, encode. */
export class SocketlessMaster {
  readonly #service: MasterService;
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();

  /** @param seed of the ids: each term of a registry needs its own. */
  constructor(registry: MemoryRegistry, seed: number) {
    this.#service = new MasterService({
      clock: new SystemClock(),
      random: new SeededRandom(seed),
      logger: new RecordingLogger(),
      registry,
      configSource: new FixedConfigSource(BENCH_CONFIG),
      advertised: { hostname: "localhost", ip: "127.0.0.1", port: 5050 },
      version: "1.11.0",
      flags: {},
      authentication: NO_AUTHENTICATION,
      lenientInput: true,
      hasTrailingBeat: false,
      allocation: { seed },
    });
  }

  /** Resolves when it serves. */
  async lead(): Promise<void> {
    this.#running = this.#service.run(ETERNAL_TERM, this.#stop.signal);
    while (this.#service.leadership().kind !== "leading") await nextTurn();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  get handler(): HttpHandler {
    return this.#service.handler;
  }

  get engine(): OfferEngine {
    const leadership = this.#service.leadership();
    if (leadership.kind !== "leading") throw new Error("this master does not lead");
    return leadership.host.engine;
  }

  /** Sends a body whose bytes are made already; an answer that stays open goes into the sink given. */
  post(
    path: string,
    body: Uint8Array,
    { sink, streamId, accept = "application/json" }: PostOptions = {},
  ): HttpReply | { readonly streamId: string } {
    const answer = this.#service.handler.handle({
      method: "POST",
      path,
      query: "",
      headers: {
        "content-type": "application/json",
        accept,
        ...(streamId === undefined ? {} : { "mesos-stream-id": streamId }),
      },
      body,
      remoteAddress: "127.0.0.1",
    });
    return opened(answer, sink);
  }
}

interface PostOptions {
  readonly sink?: ChunkSink;
  readonly streamId?: string;
  readonly accept?: string;
}

function opened(
  answer: HttpAnswer | Promise<HttpAnswer>,
  sink: ChunkSink = new CountingSink(),
): HttpReply | { readonly streamId: string } {
  if (answer instanceof Promise) throw new Error("without authentication answers come at once");
  if (answer.kind === "reply") return answer;
  answer.open(sink);
  return { streamId: String(answer.headers["Mesos-Stream-Id"]) };
}

/** Lets timers and writes of the master happen. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
