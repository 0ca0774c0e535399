import { asId, type AgentId, type FrameworkId } from "../../../api/ids/ids.ts";
import { asciiJson } from "../../../api/mesos/json-encode.ts";
import type { Sight } from "../../../domain/authorization/sight.ts";
import { listedFrameworks } from "../../../domain/mesos/master-state.ts";
import type { HttpReply } from "../../../runtime/ports/http-exchange.ts";
import type { OfferEngine } from "../core/engine.ts";
import { jsonTextReply, textReply } from "./replies.ts";

/** Path of the explanation below the master. */
export const EXPLAIN_PATH = "/orchestrator/explain";

/**
 * `GET /orchestrator/explain?framework_id=&role=&agent_id=`: for each agent, or the one named, whether the framework has an
 * offer or tasks there in the role, and if not the first reason that keeps it from it. 400 without framework or role, 404 for
 * what is not known or may not be seen.
 */
export function explainOffers(
  engine: OfferEngine,
  query: URLSearchParams,
  sight: Sight,
  /** Encodes once for all who ask the same. */
  encoded: (encode: () => string) => string,
): HttpReply {
  const frameworkId = query.get("framework_id");
  const role = query.get("role");
  if (frameworkId === null || role === null) {
    return textReply(400, "give framework_id=<id>&role=<role>, and agent_id=<id> for one agent");
  }
  const framework = listedFrameworks(engine.state).find(({ id }) => id === frameworkId);
  if (framework === undefined || !sight.framework(framework.info) || !sight.role(role)) {
    return textReply(404, `no framework ${frameworkId} with role ${role}`);
  }
  const agentId = query.get("agent_id");
  const explanations = engine.allocation.explain({
    frameworkId: asId<FrameworkId>(frameworkId),
    role,
    ...(agentId === null ? {} : { agentId: asId<AgentId>(agentId) }),
  });
  if (explanations === undefined) {
    const what = agentId === null ? `framework ${frameworkId} with` : `agent ${agentId} or`;
    return textReply(404, `no ${what} role ${role}`);
  }
  const text = encoded(() =>
    asciiJson({
      agents: explanations.map(({ agentId: agent_id, granted, reason, detail }) => ({
        agent_id,
        granted,
        ...(reason === undefined ? {} : { reason }),
        ...(detail === undefined ? {} : { detail }),
      })),
    }),
  );
  return jsonTextReply(text);
}
