import { asId, type AgentId } from "../../../api/ids/ids.ts";
import type { MasterCall } from "../../../api/mesos/operator-call.ts";
import { machineText } from "../../../domain/mesos/maintenance/machine.ts";
import type { OutMachine } from "../../../domain/mesos/maintenance/machine-table.ts";
import type { MasterState } from "../../../domain/mesos/master-state.ts";
import type { HttpReply } from "../../../runtime/ports/http-exchange.ts";
import { isTakenOut } from "../core/agent-offering.ts";
import { ordersOf } from "../core/agent-orders.ts";
import type { EngineHost } from "../serve/engine-host.ts";
import { textReply } from "./replies.ts";
import { whenRecorded } from "./when-recorded.ts";

const OK = (): HttpReply => textReply(200, "");

/** MARK_AGENT_GONE, DRAIN_, DEACTIVATE_ and REACTIVATE_AGENT; undefined for other calls. Answered when durable. */
export function changeAgent(
  host: EngineHost,
  call: MasterCall,
): Promise<HttpReply> | HttpReply | undefined {
  switch (call.type) {
    case "MARK_AGENT_GONE":
      return markGone(host, idOf(call.mark_agent_gone?.agent_id));
    case "DRAIN_AGENT":
      return drain(host, call.drain_agent);
    case "DEACTIVATE_AGENT":
      return setDeactivated(host, idOf(call.deactivate_agent?.agent_id), true);
    case "REACTIVATE_AGENT":
      return setDeactivated(host, idOf(call.reactivate_agent?.agent_id), false);
    default:
      return undefined;
  }
}

function idOf(id: { readonly value: string } | undefined): AgentId {
  return asId<AgentId>(id?.value ?? "");
}

async function markGone(host: EngineHost, agentId: AgentId): Promise<HttpReply> {
  const { state } = host.engine;
  if (state.gone.has(agentId)) return OK();
  const isKnown =
    state.agents.has(agentId) || state.recovered.has(agentId) || state.unreachable.has(agentId);
  if (!isKnown) return textReply(404, `Agent '${agentId}' not found`);
  if (host.engine.beingRecorded(agentId) !== undefined) {
    return textReply(503, `Agent '${agentId}' is being changed by another request`);
  }
  host.advance({ kind: "agentMarkedGone", agentId });
  return whenRecorded(host, OK);
}

async function drain(host: EngineHost, order: MasterCall["drain_agent"]): Promise<HttpReply> {
  const agentId = idOf(order?.agent_id);
  const { state } = host.engine;
  if (ordersOf(state, agentId) === undefined) return textReply(400, "Unknown agent");
  const machine = machineOf(state, agentId);
  if (machine !== undefined) {
    const text = machineText(machine.name);
    return textReply(
      400,
      `Agent ${agentId} is part of a maintenance schedule under Machine ${text}`,
    );
  }
  // As in Mesos: what an agent that is away is capable of shows when it is back.
  const agent = state.agents.get(agentId);
  if (agent !== undefined && !agent.capabilities.includes("AGENT_DRAINING")) {
    return textReply(400, `Agent ${agentId} is not capable of draining`);
  }
  if (host.engine.beingRecorded(agentId) === "gone") {
    return textReply(409, "Agent is currently being marked gone");
  }
  const grace = order?.max_grace_period;
  host.advance({
    kind: "agentDrained",
    agentId,
    markGone: order?.mark_gone ?? false,
    maxGracePeriodMs:
      grace === undefined ? undefined : (grace.seconds ?? 0) * 1000 + (grace.nanos ?? 0) / 1e6,
  });
  return whenRecorded(host, OK);
}

/** The machine in the maintenance schedule that the agent runs on, wherever the agent is. */
function machineOf(state: MasterState, agentId: AgentId): OutMachine | undefined {
  const { agents, recovered, unreachable, machines } = state;
  const agent = agents.get(agentId);
  if (agent !== undefined) return machines.on(agent.hostname, agent.address);
  const away = recovered.get(agentId) ?? unreachable.get(agentId);
  return away === undefined ? undefined : machines.on(away.info.hostname, undefined);
}

async function setDeactivated(
  host: EngineHost,
  agentId: AgentId,
  deactivated: boolean,
): Promise<HttpReply> {
  const orders = ordersOf(host.engine.state, agentId);
  if (orders === undefined) return textReply(400, "Unknown agent");
  if (!deactivated) {
    if (orders.draining?.state === "DRAINING") {
      return textReply(400, "Agent is still in the DRAINING state");
    }
    if (!isTakenOut(orders)) return textReply(400, "Agent is not deactivated");
  }
  host.advance({ kind: "agentDeactivationSet", agentId, deactivated });
  return whenRecorded(host, () =>
    ordersOf(host.engine.state, agentId) !== undefined
      ? OK()
      : textReply(409, "Agent removed while processing the call"),
  );
}
