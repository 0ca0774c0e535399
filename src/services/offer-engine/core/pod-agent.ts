import type { Agent } from "../../../domain/mesos/master-state.ts";
import type { PodAgent } from "../ports.ts";

/** The agent as admission of pods sees it. */
export function podAgent({ id, info, hostname, nodeUid, attributes }: Agent): PodAgent {
  const region = info.domain?.fault_domain?.region.name;
  const zone = info.domain?.fault_domain?.zone.name;
  return {
    agentId: id,
    hostname,
    ...(nodeUid === undefined ? {} : { nodeUid }),
    ...(region === undefined ? {} : { region }),
    ...(zone === undefined ? {} : { zone }),
    attributes,
  };
}
