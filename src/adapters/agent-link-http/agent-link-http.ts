import { readFile } from "node:fs/promises";
import { Agent, type Dispatcher, request } from "undici";
import {
  batchAnswer,
  type BatchAnswer,
  type CallBatch,
  type SubscribeCall,
} from "../../api/agent-link/calls.ts";
import { agentEvent, type AgentEvent } from "../../api/agent-link/events.ts";
import { AGENT_LINK_PATH, STREAM_ID_HEADER } from "../../api/agent-link/limits.ts";
import { OperatingError } from "../../api/errors/operating-error.ts";
import { RecordDecoder } from "../../api/record-io/record-io.ts";
import type { LinkStream, MasterLink } from "../../services/agent/ports.ts";

export interface AgentLinkHttpOptions {
  /** Masters to try in order, e.g. `http://mesos-master:5050`; a standby redirects to the leader. */
  readonly masters: readonly string[];
  /** File with the bearer token (a projected token is renewed in place); absent: no authentication. */
  readonly tokenFile?: string;
}

const CONNECT_TIMEOUT_MS = 3_000;
const HEADERS_TIMEOUT_MS = 15_000;
const RECORD_BYTES_MAX = 32 * 1024 * 1024;
const REDIRECTS_MAX = 5;

/** The agent's side of the link over HTTP/1.1: one long answer for events, one POST per batch. */
export class AgentLinkHttp implements MasterLink {
  readonly #options: AgentLinkHttpOptions;
  /** The answer to SUBSCRIBE stays open for ever, hence no body timeout: silence is judged by the beats. */
  readonly #dispatcher = new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: HEADERS_TIMEOUT_MS,
    bodyTimeout: 0,
  });

  constructor(options: AgentLinkHttpOptions) {
    this.#options = options;
  }

  async open(
    call: SubscribeCall,
    { signal }: { readonly signal: AbortSignal },
  ): Promise<LinkStream> {
    let last: Error = unavailable("no master is configured");
    for (const master of this.#options.masters) {
      try {
        return await this.#openAt(new URL(AGENT_LINK_PATH, master), call, signal);
      } catch (error) {
        if (signal.aborted) throw error;
        last = error instanceof Error ? error : unavailable(String(error));
      }
    }
    throw last;
  }

  async close(): Promise<void> {
    await this.#dispatcher.destroy();
  }

  async #openAt(master: URL, call: SubscribeCall, signal: AbortSignal): Promise<LinkStream> {
    const { response, leader } = await this.#postToLeader(master, call, {}, signal);
    const streamId = response.headers[STREAM_ID_HEADER];
    if (response.statusCode !== 200 || typeof streamId !== "string")
      throw await refusal(leader, response);
    const send = (
      batch: CallBatch,
      options: { readonly signal: AbortSignal },
    ): Promise<BatchAnswer> => this.#send(leader, batch, streamId, options.signal);
    return { events: decodeEvents(response.body, signal), send };
  }

  async #send(
    url: URL,
    batch: CallBatch,
    streamId: string,
    signal: AbortSignal,
  ): Promise<BatchAnswer> {
    const headers = { [STREAM_ID_HEADER]: streamId };
    const { response, leader } = await this.#postToLeader(url, batch, headers, signal);
    if (response.statusCode !== 200) throw await refusal(leader, response);
    const answer = batchAnswer.safeParse(await response.body.json());
    if (!answer.success) throw unavailable(`${leader.host} does not speak the agent link`);
    return answer.data;
  }

  /** Behind one address there may be several masters: every call, not only the first, may be redirected. */
  async #postToLeader(
    url: URL,
    body: SubscribeCall | CallBatch,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<{ readonly response: Dispatcher.ResponseData; readonly leader: URL }> {
    let leader = url;
    for (let redirects = 0; ; redirects++) {
      const response = await this.#post(leader, body, headers, signal);
      if (response.statusCode !== 307 || redirects === REDIRECTS_MAX) return { response, leader };
      await response.body.dump();
      leader = new URL(String(response.headers["location"]), leader);
    }
  }

  async #post(
    url: URL,
    body: SubscribeCall | CallBatch,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const authorization = await this.#authorization();
    try {
      return await request(url, {
        dispatcher: this.#dispatcher,
        method: "POST",
        headers: {
          "content-type": "application/json",
          accept: "application/json",
          ...authorization,
          ...headers,
        },
        body: JSON.stringify(body),
        signal,
      });
    } catch (error) {
      if (signal.aborted) throw signal.reason as Error;
      throw unavailable(`${url.host} cannot be reached`, error);
    }
  }

  async #authorization(): Promise<Readonly<Record<string, string>>> {
    const { tokenFile } = this.#options;
    if (tokenFile === undefined) return {};
    try {
      return { authorization: `Bearer ${(await readFile(tokenFile, "utf8")).trim()}` };
    } catch (error) {
      throw unavailable(`the token file ${tokenFile} cannot be read`, error);
    }
  }
}

/** Ends when the master closes the stream. An event that cannot be read is an error of the master: the stream is left. */
async function* decodeEvents(
  body: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<AgentEvent> {
  const decoder = new RecordDecoder(RECORD_BYTES_MAX);
  const text = new TextDecoder();
  try {
    for await (const chunk of body) {
      for (const record of decoder.push(chunk)) {
        yield agentEvent.parse(JSON.parse(text.decode(record)));
      }
    }
  } catch (error) {
    if (signal.aborted) return;
    throw unavailable("the event stream broke", error);
  }
}

/** 4xx are the master's will (but for 408 and 429); everything else may pass. */
async function refusal(url: URL, response: Dispatcher.ResponseData): Promise<OperatingError> {
  const text = (await response.body.text()).slice(0, 500);
  const message = `${url.host} answered ${response.statusCode}: ${text}`;
  const { statusCode } = response;
  const isWill = statusCode >= 400 && statusCode < 500 && statusCode !== 408 && statusCode !== 429;
  return isWill ? new OperatingError("AGENT_REFUSED", message) : unavailable(message);
}

function unavailable(message: string, cause?: unknown): OperatingError {
  return new OperatingError("MASTER_UNAVAILABLE", message, { cause });
}
