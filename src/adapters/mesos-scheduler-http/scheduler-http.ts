import { Agent, request, type Dispatcher } from "undici";
import { isOperatingError, OperatingError } from "../../api/errors/operating-error.ts";
import type { SchedulerCall } from "../../api/mesos/scheduler-call.ts";
import type { SchedulerEvent } from "../../api/mesos/scheduler-event.ts";
import { RecordDecoder } from "../../api/record-io/record-io.ts";
import type { SchedulerApi, SchedulerSession } from "../../services/frameworks/ports.ts";
import { CODECS, type ContentType, type MessageCodec } from "./message-codec.ts";

export interface SchedulerHttpOptions {
  /** Masters to try in order, e.g. `http://mesos-master:5050`; a standby redirects to the leader. */
  readonly masters: readonly string[];
  /** Default `json`. */
  readonly contentType?: ContentType;
  /** Sent as Basic authentication; absent: none. */
  readonly credential?: { readonly principal: string; readonly secret: string };
}

/** The scheduler API over plain HTTP in either encoding, as any Mesos client speaks it. */
export class SchedulerHttp implements SchedulerApi {
  readonly #masters: readonly string[];
  readonly #codec: MessageCodec;
  readonly #authorization: Readonly<Record<string, string>>;
  readonly #agent = new Agent({ connectTimeout: CONNECT_TIMEOUT_MS, bodyTimeout: SILENCE_MAX_MS });

  constructor({ masters, contentType = "json", credential }: SchedulerHttpOptions) {
    this.#masters = masters;
    this.#codec = CODECS[contentType];
    this.#authorization = credential === undefined ? {} : basic(credential);
  }

  async subscribe(call: SchedulerCall, signal: AbortSignal): Promise<SchedulerSession> {
    let lastRefusal: unknown;
    for (const master of this.#masters) {
      try {
        return await this.#subscribeAt(`${master}/api/v1/scheduler`, call, signal);
      } catch (error) {
        if (isOperatingError(error, "CONFIG_INVALID")) throw error;
        lastRefusal = error;
      }
    }
    throw unavailable("no master took the subscription", lastRefusal);
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }

  async #subscribeAt(
    url: string,
    call: SchedulerCall,
    signal: AbortSignal,
  ): Promise<SchedulerSession> {
    const { response, leader } = await this.#postToLeader(url, call, {}, signal);
    const streamId = response.headers["mesos-stream-id"];
    if (response.statusCode !== 200 || typeof streamId !== "string") {
      throw refusal(leader, response.statusCode, await response.body.text());
    }
    return {
      events: decodeEvents(response.body, this.#codec),
      send: (next) => this.#send(leader, next, streamId, signal),
    };
  }

  async #send(
    url: string,
    call: SchedulerCall,
    streamId: string,
    signal: AbortSignal,
  ): Promise<void> {
    const headers = { "mesos-stream-id": streamId };
    const { response } = await this.#postToLeader(url, call, headers, signal);
    const text = await response.body.text();
    if (response.statusCode !== 202) {
      throw unavailable(`${call.type ?? "call"} was answered ${response.statusCode}: ${text}`);
    }
  }

  /** Behind one address there may be several masters: every call, not only the first, may be redirected. */
  async #postToLeader(
    url: string,
    call: SchedulerCall,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<{ readonly response: Dispatcher.ResponseData; readonly leader: string }> {
    let leader = url;
    for (let redirects = 0; ; redirects++) {
      const response = await this.#post(leader, call, headers, signal);
      if (response.statusCode !== 307 || redirects === REDIRECTS_MAX) return { response, leader };
      await response.body.dump();
      leader = new URL(String(response.headers["location"]), leader).href;
    }
  }

  async #post(
    url: string,
    call: SchedulerCall,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const { contentType } = this.#codec;
    try {
      return await request(url, {
        dispatcher: this.#agent,
        method: "POST",
        headers: {
          "content-type": contentType,
          accept: contentType,
          ...this.#authorization,
          ...headers,
        },
        body: this.#codec.encodeCall(call),
        signal,
      });
    } catch (error) {
      if (signal.aborted) throw signal.reason as Error;
      throw unavailable(`${url} cannot be reached`, error);
    }
  }
}

function basic({
  principal,
  secret,
}: NonNullable<SchedulerHttpOptions["credential"]>): Readonly<Record<string, string>> {
  return {
    authorization: `Basic ${Buffer.from(`${principal}:${secret}`, "utf8").toString("base64")}`,
  };
}

/** Ends when the master closes the stream; a broken connection is an end too, the caller subscribes again. */
async function* decodeEvents(
  body: AsyncIterable<Uint8Array>,
  codec: MessageCodec,
): AsyncGenerator<SchedulerEvent> {
  const decoder = new RecordDecoder(RECORD_BYTES_MAX);
  try {
    for await (const chunk of body) {
      for (const record of decoder.push(chunk)) {
        const decoded = codec.decodeEvent(record);
        if (decoded.ok) yield decoded.value;
      }
    }
  } catch (error) {
    throw unavailable("the event stream broke", error);
  }
}

/** What a master will answer the same way tomorrow is a mistake in what it was given; the rest passes. */
function refusal(url: string, status: number, text: string): OperatingError {
  const message = `${url} answered ${status}: ${text}`;
  return WILLFUL.has(status) ? new OperatingError("CONFIG_INVALID", message) : unavailable(message);
}

function unavailable(message: string, cause?: unknown): OperatingError {
  return new OperatingError("MASTER_UNAVAILABLE", message, { cause });
}

/** Bad call, bad credential, not allowed. Everything else may be a master that starts, or a proxy before one. */
const WILLFUL: ReadonlySet<number> = new Set([400, 401, 403]);
const CONNECT_TIMEOUT_MS = 5_000;
/** Five heartbeats of the default 15 s. */
const SILENCE_MAX_MS = 75_000;
const RECORD_BYTES_MAX = 16 * 1024 * 1024;
const REDIRECTS_MAX = 5;
