import type { URL } from "../../../api/mesos/common.ts";
import type { Offer as WireOffer } from "../../../api/mesos/offer.ts";
import type { Agent, Offer } from "../../../domain/mesos/master-state.ts";
import { writeResources } from "../../../domain/mesos/wire-resources.ts";

/** Where the agent's API is; `ip` is always set, clients need it. */
export function agentUrl(agent: Agent): URL {
  return {
    scheme: "http",
    address: { hostname: agent.hostname, ip: agent.address, port: agent.info.port ?? 5051 },
    path: "/slave(1)",
  };
}

/** The message form, for protobuf streams and the operator API. */
export function wireOffer(offer: Offer): WireOffer {
  const { framework, agent } = offer;
  const multiRole = framework.capabilities.has("MULTI_ROLE");
  const refined = framework.capabilities.has("RESERVATION_REFINEMENT");
  const format = multiRole ? { refined, allocatedTo: offer.role } : { refined };
  const executors = [...(framework.executors.get(agent.id)?.keys() ?? [])];
  return {
    id: { value: offer.id },
    framework_id: { value: framework.id },
    agent_id: { value: agent.id },
    hostname: agent.hostname,
    resources: writeResources(offer.resources, format),
    executor_ids: executors.map((value) => ({ value })),
    attributes: agent.attributes,
    url: agentUrl(agent),
    ...(multiRole ? { allocation_info: { role: offer.role } } : {}),
    ...(agent.info.domain === undefined ? {} : { domain: agent.info.domain }),
  };
}
