import type { AgentInfo } from "../../../api/mesos/agent-info.ts";
import type { URL } from "../../../api/mesos/common.ts";
import type { Attribute } from "../../../api/mesos/value.ts";
import type { AgentProfile } from "../../../domain/allocator/agent-profile.ts";
import type { Agent, RecoveredAgent } from "../../../domain/mesos/master-state.ts";
import type { PendingAdmission } from "./context.ts";

/** What the allocator has to know of an agent beside its resources. */
export function agentProfile(agent: Agent): AgentProfile {
  const domain = agent.info.domain?.fault_domain;
  return {
    hostname: agent.hostname,
    attributes: agent.attributes.map(attributeOf),
    capabilities: agent.capabilities,
    ...(domain === undefined ? {} : { region: domain.region.name, zone: domain.zone.name }),
  };
}

function attributeOf({ name, type, text }: Attribute): AgentProfile["attributes"][number] {
  return type === "TEXT" && text !== undefined ? { name, text: text.value } : { name };
}

/** The info that is kept and shown: without resources, which are tracked apart. */
export function keptAgentInfo(info: AgentInfo, id: string): AgentInfo {
  return { ...info, id: { value: id } };
}

/** Who asks to be admitted, as the Registry and the tables keep it. */
export function identityOf({
  agentId,
  call,
}: PendingAdmission): Pick<RecoveredAgent, "id" | "info" | "nodeUid"> {
  return {
    id: agentId,
    info: keptAgentInfo(call.agent_info, agentId),
    nodeUid: call.node_uid,
  };
}

/** Where the agent's API is; `ip` is always set, clients need it. */
export function agentUrl(agent: Agent): URL {
  return {
    scheme: "http",
    address: { hostname: agent.hostname, ip: agent.address, port: agent.info.port ?? 5051 },
    path: "/slave(1)",
  };
}
