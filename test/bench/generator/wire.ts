import { request } from "node:http";
import { Pool } from "undici";
import { RecordDecoder } from "../../../src/api/record-io/record-io.ts";
import { MARK_HEADER } from "../adapters/timed-handler.ts";

const HOST = "127.0.0.1";
const RECORD_BYTES_MAX = 64 * 1024 * 1024;
const JSON_TYPE = "application/json";

/** An event stream that a simulated framework or agent holds open. */
export interface OpenStream {
  readonly streamId: string;
}

/** Opens a stream on a connection of its own; `onRecord` hears every record, in order. */
export function openStream(
  port: number,
  path: string,
  body: string,
  onRecord: (record: Uint8Array) => void,
): Promise<OpenStream> {
  return new Promise((resolve, reject) => {
    const headers = { "Content-Type": JSON_TYPE, Accept: JSON_TYPE };
    const options = { host: HOST, port, path, method: "POST", headers, agent: false };
    const outgoing = request(options, (response) => {
      if (response.statusCode !== 200) {
        reject(new Error(`${path} answered ${String(response.statusCode)}`));
        outgoing.destroy();
        return;
      }
      const decoder = new RecordDecoder(RECORD_BYTES_MAX);
      response.on("data", (chunk: Buffer) => {
        for (const record of decoder.push(chunk)) onRecord(record);
      });
      response.on("error", () => undefined);
      resolve({
        streamId: String(response.headers["mesos-stream-id"]),
      });
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

/** Connections that calls share, as a proxy in front of many frameworks and agents would hold them. */
export class Calls {
  readonly #pool: Pool;

  constructor(port: number, connections: number) {
    this.#pool = new Pool(`http://${HOST}:${port}`, { connections, pipelining: 1 });
  }

  /** Gives the status once the head of the answer is there, which is when its first byte is. */
  async post(path: string, streamId: string, body: string, mark?: string): Promise<number> {
    const answer = await this.#pool.request({
      method: "POST",
      path,
      headers: {
        "content-type": JSON_TYPE,
        accept: JSON_TYPE,
        "mesos-stream-id": streamId,
        ...(mark === undefined ? {} : { [MARK_HEADER]: mark }),
      },
      body,
    });
    await answer.body.dump();
    return answer.statusCode;
  }
}
