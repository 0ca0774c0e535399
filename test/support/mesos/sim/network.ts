import type {
  ChunkSink,
  HttpAnswer,
  HttpHandler,
  HttpRequest,
} from "../../../../src/runtime/ports/http-exchange.ts";
import { RecordDecoder } from "../../../../src/api/record-io/record-io.ts";
import type { Random } from "../../../../src/runtime/ports/random.ts";
import type { VirtualClock } from "../../virtual-clock.ts";

export interface NetworkFaults {
  /** Chance that a request is lost before it arrives. */
  readonly requestLoss: number;
  /** Chance that the answer is lost after the request took effect. */
  readonly answerLoss: number;
  readonly delayMaxMs: number;
}

/** A machine of the simulated world that serves HTTP. */
export interface SimServer {
  readonly handler: HttpHandler;
}

export class NetworkError extends Error {}

export interface SimReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string;
}

/** One open answer as its client sees it. */
export interface SimStream {
  readonly status: 200;
  readonly streamId: string;
  /** Cuts the connection from the client's side. */
  cut(): void;
}

/** HTTP between the machines of one world: delays, losses, cuts. Chunks of one stream keep their order. */
export class SimNetwork {
  faults: NetworkFaults;
  /** Who leads, if anybody listens there. */
  server: SimServer | undefined;
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #cuts = new Set<() => void>();

  constructor(clock: VirtualClock, random: Random, faults: NetworkFaults) {
    this.#clock = clock;
    this.#random = random;
    this.faults = faults;
  }

  async post(
    path: string,
    headers: Readonly<Record<string, string>>,
    body: unknown,
  ): Promise<SimReply> {
    const answer = await this.#exchange(path, headers, body);
    if (answer.kind === "stream") throw new Error("an open stream was not expected");
    await this.#back();
    const text = typeof answer.body === "string" ? answer.body : "";
    return { status: answer.status, headers: answer.headers, body: text };
  }

  /** Opens a stream; `onRecord` and `onEnd` come in order, after their delays. */
  async open(
    path: string,
    headers: Readonly<Record<string, string>>,
    body: unknown,
    client: { readonly onRecord: (record: string) => void; readonly onEnd: () => void },
  ): Promise<SimStream | SimReply> {
    const answer = await this.#exchange(path, headers, body);
    if (answer.kind === "reply") {
      await this.#back();
      const text = typeof answer.body === "string" ? answer.body : "";
      return { status: answer.status, headers: answer.headers, body: text };
    }
    return this.#connect(answer, client);
  }

  /** Cuts every open stream, as a switch that restarts does. */
  cutAll(): void {
    for (const cut of [...this.#cuts]) cut();
  }

  #connect(
    answer: HttpAnswer & { readonly kind: "stream" },
    client: { readonly onRecord: (record: string) => void; readonly onEnd: () => void },
  ): SimStream {
    const decoder = new RecordDecoder(64 * 1024 * 1024);
    let lastMs = 0;
    let isOver = false;
    let onClosed: () => void = () => undefined;
    const underWay: (() => void)[] = [];
    const inOrder = (deliver: () => void): void => {
      underWay.push(deliver);
      const dueMs = Math.max(lastMs, this.#clock.monotonicMs() + this.#delayMs());
      lastMs = dueMs;
      // Of two that are due in the same millisecond the clock may wake either first.
      this.#clock.after(dueMs - this.#clock.monotonicMs(), () => underWay.shift()?.());
    };
    const end = (): void => {
      if (isOver) return;
      isOver = true;
      this.#cuts.delete(cut);
      this.#clock.after(this.#delayMs(), () => onClosed());
      inOrder(client.onEnd);
    };
    const cut = (): void => end();
    const sink: ChunkSink = {
      write: (chunk) => {
        if (isOver) return;
        const bytes = typeof chunk === "string" ? Buffer.from(chunk, "latin1") : chunk;
        inOrder(() => {
          // What was under way when the connection was cut is lost.
          if (isOver && !sinkClosed) return;
          for (const record of decoder.push(bytes)) {
            client.onRecord(Buffer.from(record).toString("latin1"));
          }
        });
      },
      bufferedBytes: () => 0,
      close: () => {
        sinkClosed = true;
        end();
      },
    };
    let sinkClosed = false;
    this.#cuts.add(cut);
    onClosed = answer.open(sink).onClosed;
    return { status: 200, streamId: answer.headers["Mesos-Stream-Id"] ?? "", cut };
  }

  async #exchange(
    path: string,
    headers: Readonly<Record<string, string>>,
    body: unknown,
  ): Promise<HttpAnswer> {
    await this.#pause(this.#delayMs());
    if (this.#random.next() < this.faults.requestLoss) throw new NetworkError("request lost");
    const { server } = this;
    if (server === undefined) throw new NetworkError("connection refused");
    const request: HttpRequest = {
      method: "POST",
      path,
      query: "",
      headers: { "content-type": "application/json", ...headers },
      body: Buffer.from(JSON.stringify(body)),
      remoteAddress: "10.0.0.9",
    };
    return server.handler.handle(request);
  }

  async #back(): Promise<void> {
    await this.#pause(this.#delayMs());
    if (this.#random.next() < this.faults.answerLoss) throw new NetworkError("answer lost");
  }

  #delayMs(): number {
    return 1 + Math.floor(this.#random.next() * this.faults.delayMaxMs);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.after(ms, resolve);
    });
  }
}
