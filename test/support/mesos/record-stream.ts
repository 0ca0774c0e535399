import { request, type ClientRequest, type IncomingMessage } from "node:http";
import { RecordDecoder } from "../../../src/api/record-io/record-io.ts";
import { Changes } from "../changes.ts";

export interface HttpExchange {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** One request, answered whole. */
export function exchange(
  port: number,
  path: string,
  options: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | Uint8Array;
  } = {},
): Promise<HttpExchange> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: "127.0.0.1",
        port,
        path,
        method: options.method ?? "POST",
        headers: options.headers,
        agent: false,
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on("data", (part: Buffer) => parts.push(part));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts).toString("latin1"),
          }),
        );
      },
    );
    outgoing.on("error", reject);
    outgoing.end(options.body);
  });
}

/** A RecordIO answer that stays open: remembers chunks and records, and lets a test wait for them. */
export class RecordStream {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  /** As the HTTP parser delivered them: one entry per HTTP chunk. */
  readonly chunks: Buffer[] = [];
  readonly records: string[] = [];
  isEnded = false;
  readonly #outgoing: ClientRequest;
  readonly #changes = new Changes();
  readonly #decoder = new RecordDecoder(64 * 1024 * 1024);

  private constructor(outgoing: ClientRequest, response: IncomingMessage) {
    this.#outgoing = outgoing;
    this.status = response.statusCode ?? 0;
    this.headers = response.headers;
    response.on("data", (chunk: Buffer) => {
      this.chunks.push(chunk);
      if (this.status === 200) {
        for (const record of this.#decoder.push(chunk)) {
          this.records.push(Buffer.from(record).toString("latin1"));
        }
      }
      this.#changes.tell();
    });
    const end = (): void => {
      this.isEnded = true;
      this.#changes.tell();
    };
    response.on("end", end);
    response.on("close", end);
    response.on("error", end);
  }

  static open(
    port: number,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: string | Uint8Array,
  ): Promise<RecordStream> {
    return new Promise((resolve, reject) => {
      const outgoing = request(
        { host: "127.0.0.1", port, path, method: "POST", headers, agent: false },
        (response) => resolve(new RecordStream(outgoing, response)),
      );
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  }

  /** The records as JSON. */
  events(): Record<string, unknown>[] {
    return this.records.map((record) => JSON.parse(record) as Record<string, unknown>);
  }

  /** The first value `find` gives. @throws {Error} after `timeoutMs`, with the records. */
  until<T>(find: () => T | undefined, what: string, timeoutMs = 8_000): Promise<T> {
    const recorded = (): string => this.records.join("\n");
    return this.#changes.until(what, find, { timeoutMs, recorded });
  }

  close(): void {
    this.#outgoing.destroy();
  }
}
