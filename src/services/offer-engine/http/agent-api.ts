import { z } from "zod";
import { callBatch, subscribeCall } from "../../../api/agent-link/calls.ts";
import { STREAM_ID_HEADER } from "../../../api/agent-link/limits.ts";
import type { HttpAnswer, HttpRequest } from "../../../runtime/ports/http-exchange.ts";
import type { EngineHost } from "../serve/engine-host.ts";
import type { Leadership } from "./leadership.ts";
import { checkLeading, checkPost, JSON_TYPE } from "./pipeline.ts";
import { jsonReply, textReply } from "./replies.ts";

/** Tells whether a request may speak for agents (ACL `register_agents`); the text is the reason why not. */
export type AgentGate = (request: HttpRequest) => Promise<string | undefined>;

export interface AgentApiOptions {
  readonly leadership: () => Leadership;
  /** Undefined: every caller is an agent (authentication off). */
  readonly gate: AgentGate | undefined;
}

/** `POST /api/v1/agent`, the link of spec/agent.md section 3: SUBSCRIBE opens the stream, batches follow. */
export class AgentApi {
  readonly #options: AgentApiOptions;

  constructor(options: AgentApiOptions) {
    this.#options = options;
  }

  async handle(request: HttpRequest): Promise<HttpAnswer> {
    const early = this.#earlyAnswer(request);
    if (early !== undefined) return early;
    const refusal = await this.#options.gate?.(request);
    if (refusal !== undefined) return textReply(403, refusal);
    // Leadership may have changed while the caller was looked up.
    const leading = checkLeading(request, this.#options.leadership());
    if (!leading.ok) return leading.reply;
    const host = leading.value;
    let raw: unknown;
    try {
      raw = JSON.parse(new TextDecoder().decode(request.body));
    } catch {
      return textReply(400, "Failed to parse body into JSON");
    }
    const linkId = request.headers[STREAM_ID_HEADER];
    return linkId === undefined
      ? subscribe(host, raw, request.remoteAddress)
      : applyBatch(host, linkId, raw);
  }

  #earlyAnswer(request: HttpRequest): HttpAnswer | undefined {
    const leading = checkLeading(request, this.#options.leadership());
    if (!leading.ok) return leading.reply;
    const post = checkPost(request);
    if (!post.ok) return post.reply;
    if (request.headers["content-type"] !== JSON_TYPE) {
      return textReply(415, `Expecting 'Content-Type' of ${JSON_TYPE}`);
    }
    return undefined;
  }
}

function subscribe(host: EngineHost, raw: unknown, address: string): HttpAnswer {
  const parsed = subscribeCall.safeParse(raw);
  if (!parsed.success) {
    return textReply(400, `Failed to validate SUBSCRIBE: ${z.prettifyError(parsed.error)}`);
  }
  const linkId = host.newStreamId();
  return {
    kind: "stream",
    status: 200,
    headers: { "Content-Type": JSON_TYPE, "Mesos-Stream-Id": linkId },
    open: (sink) => host.openAgentLink(sink, linkId, parsed.data, address),
  };
}

function applyBatch(host: EngineHost, linkId: string, raw: unknown): HttpAnswer {
  const parsed = callBatch.safeParse(raw);
  if (!parsed.success) {
    return textReply(400, `Failed to validate the batch: ${z.prettifyError(parsed.error)}`);
  }
  const ackedSeq = host.callAgent(linkId, parsed.data.calls);
  return ackedSeq === undefined
    ? textReply(403, "The stream is not the current one of this agent")
    : jsonReply({ acked_seq: ackedSeq });
}
