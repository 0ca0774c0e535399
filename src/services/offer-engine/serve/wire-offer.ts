import type { Offer as WireOffer } from "../../../api/mesos/offer.ts";
import type { Offer } from "../../../domain/mesos/master-state.ts";
import { unavailabilityOf } from "../../../domain/mesos/maintenance/maintenance-requests.ts";
import { writeResources } from "../../../domain/mesos/wire-resources.ts";
import { agentUrl } from "../core/agent-profile.ts";

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
    ...(agent.unavailability === undefined
      ? {}
      : { unavailability: unavailabilityOf(agent.unavailability) }),
    ...(multiRole ? { allocation_info: { role: offer.role } } : {}),
    ...(agent.info.domain === undefined ? {} : { domain: agent.info.domain }),
  };
}
