import { z } from "zod";
import { callBatch, subscribeCall } from "../../../api/agent-link/calls.ts";
import { STREAM_ID_HEADER } from "../../../api/agent-link/limits.ts";
import type { HttpAnswer, HttpRequest } from "../../../runtime/ports/http-exchange.ts";
import type { EngineHost } from "../serve/engine-host.ts";
import type { Door } from "./door.ts";
import type { Leadership } from "./leadership.ts";
import { checkLeading, checkPost, JSON_TYPE } from "./pipeline.ts";
import { jsonReply, textReply } from "./replies.ts";
import type { Visit } from "./visit.ts";

/** Whether a principal may speak for agents, besides what the ACLs say of `register_agents`. */
export type AgentGate = (principal: string | undefined) => boolean;

export interface AgentApiOptions {
  readonly leadership: () => Leadership;
  readonly door: Door;
  /** Undefined: everybody whom the ACLs let. */
  readonly gate: AgentGate | undefined;
}

/** `POST /api/v1/agent`, the link of spec/agent.md section 3: SUBSCRIBE opens the stream, batches follow. */
export class AgentApi {
  readonly #options: AgentApiOptions;

  constructor(options: AgentApiOptions) {
    this.#options = options;
  }

  handle(request: HttpRequest): HttpAnswer | Promise<HttpAnswer> {
    // Agents that ask a standby are sent on, whoever they are.
    const early = this.#earlyAnswer(request);
    if (early !== undefined) return early;
    return this.#options.door.admit(request, "mesos-master-agent", (visit) => this.#serve(visit));
  }

  #serve(visit: Visit): HttpAnswer {
    const { request, principal } = visit;
    // Leadership may have changed while the caller was looked up.
    const leading = checkLeading(request, this.#options.leadership());
    if (!leading.ok) return leading.reply;
    const host = leading.value;
    const isAgent = this.#options.gate?.(principal) ?? true;
    if (!isAgent || !visit.mayDo("register_agents")) {
      visit.changes("REGISTER_AGENT", "agents");
      return textReply(403, `Not authorized to register agents as '${principal ?? ""}'`);
    }
    let raw: unknown;
    try {
      raw = JSON.parse(new TextDecoder().decode(request.body));
    } catch {
      return textReply(400, "Failed to parse body into JSON");
    }
    const linkId = request.headers[STREAM_ID_HEADER];
    if (linkId !== undefined) return applyBatch(host, linkId, raw);
    visit.changes("REGISTER_AGENT", "agents");
    return subscribe(host, raw, request.remoteAddress);
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
