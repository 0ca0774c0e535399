import { asId, type AgentId } from "../../../api/ids/ids.ts";
import type { SubscribeCall } from "../../../api/agent-link/calls.ts";
import type { AgentEvent } from "../../../api/agent-link/events.ts";
import type { Agent, AgentOrders } from "../../../domain/mesos/master-state.ts";
import { readResources } from "../../../domain/mesos/wire-resources.ts";
import { beatIntervalMs, LEASE_BEATS } from "./agent-leases.ts";
import { isOfferable, setOffered, tellUpdated } from "./agent-offering.ts";
import { NO_ORDERS, ordersOf, tellOrders } from "./agent-orders.ts";
import { agentProfile, identityOf, keptAgentInfo } from "./agent-profile.ts";
import {
  admitReportedWork,
  compareWork,
  missingTasks,
  shutDownCompleted,
  usesOf,
} from "./agent-work.ts";
import {
  type EngineContext,
  nextAgentId,
  type PendingAdmission,
  tellAllocator,
} from "./context.ts";
import { sendPendingKills } from "./kills.ts";
import { heardCheckpoint, resendOperations, takeCheckpoint } from "./operation-recovery.ts";
import { noteAgentAdded } from "./master-events.ts";
import { tellUnavailability, windowOn } from "./maintenance.ts";
import { relieveAgent } from "./overcommit.ts";
import { placePoolPods } from "./pods.ts";
import { agentRecord } from "./records.ts";

/** SUBSCRIBE of an agent: known agents are served at once, new ones when their record is durable. */
export function subscribeAgent(
  context: EngineContext,
  linkId: string,
  call: SubscribeCall,
  address: string,
): void {
  const given = call.agent_id === undefined ? undefined : asId<AgentId>(call.agent_id);
  const barred = barring(context, given, call.agent_info.hostname, address);
  if (barred !== undefined) {
    refuseLink(context, linkId, barred);
    return;
  }
  if (call.term_seen > context.term) {
    refuseLink(context, linkId, {
      type: "ERROR",
      term: context.term,
      message: `Agent has seen term ${call.term_seen}, this master holds ${context.term}`,
    });
    return;
  }
  const resources = readResources(call.agent_info.resources ?? []);
  if (!resources.ok) {
    refuseLink(context, linkId, { type: "ERROR", term: context.term, message: resources.error });
    return;
  }
  const agentId = given ?? agentOfNode(context, call.node_uid) ?? nextAgentId(context);
  const admission: PendingAdmission = { agentId, call, address };
  context.links.set(linkId, { linkId, agentId, ackedSeq: 0 });
  if (context.state.agents.has(agentId) || context.state.recovered.has(agentId)) {
    admit(context, linkId, admission);
    return;
  }
  context.pendingAdmissions.set(linkId, admission);
  context.effects.push({
    kind: "persist",
    writes: [
      agentRecord({
        ...identityOf(admission),
        ...(ordersOf(context.state, agentId) ?? NO_ORDERS),
      }),
      ...(context.state.unreachable.has(agentId)
        ? [{ kind: "delete" as const, record: "unreachable" as const, key: agentId }]
        : []),
    ],
    then: { kind: "agentRecorded", linkId },
  });
}

/** What keeps an agent out whatever it says; undefined when nothing does. */
function barring(
  { state, term }: EngineContext,
  agentId: AgentId | undefined,
  hostname: string,
  address: string,
): AgentEvent | undefined {
  if (agentId !== undefined && state.gone.has(agentId)) {
    return { type: "SHUTDOWN", term, message: "Agent has been marked gone" };
  }
  return state.machines.on(hostname, address)?.mode === "DOWN"
    ? { type: "ERROR", term, message: "Machine is `DOWN`" }
    : undefined;
}

function refuseLink(context: EngineContext, linkId: string, event: AgentEvent): void {
  context.effects.push({ kind: "agentEvent", linkId, event }, { kind: "closeAgentLink", linkId });
}

/** An agent that lost its id but runs on a node the Registry knows gets its old id back. */
function agentOfNode(context: EngineContext, nodeUid: string | undefined): AgentId | undefined {
  if (nodeUid === undefined) return undefined;
  const { agents, recovered, unreachable } = context.state;
  for (const table of [agents, recovered, unreachable]) {
    for (const known of table.values()) if (known.nodeUid === nodeUid) return known.id;
  }
  return undefined;
}

/** The record is durable: the agent comes in, unless it hung up meanwhile (then it is awaited). */
export function admitRecorded(context: EngineContext, linkId: string): void {
  const admission = context.pendingAdmissions.get(linkId);
  if (admission === undefined) return;
  context.pendingAdmissions.delete(linkId);
  const { agentId, address, call } = admission;
  // What was decided while the record was written counts.
  const barred = barring(context, agentId, call.agent_info.hostname, address);
  if (barred === undefined) {
    admit(context, linkId, admission);
    return;
  }
  context.links.delete(linkId);
  refuseLink(context, linkId, barred);
  if (context.state.gone.has(agentId)) {
    const writes = [{ kind: "delete" as const, record: "agent" as const, key: agentId }];
    context.effects.push({ kind: "persist", writes });
  }
}

function admit(context: EngineContext, linkId: string, admission: PendingAdmission): void {
  const { agentId, call } = admission;
  const known = context.state.agents.get(agentId);
  if (known === undefined) register(context, linkId, admission);
  else reconnect(context, linkId, known, admission);
  const agent = context.state.agents.get(agentId);
  if (agent === undefined) return;
  placePoolPods(context, agentId, call.pool_pods);
  const interval = beatIntervalMs(context.state.agents.size);
  context.effects.push({
    kind: "agentEvent",
    linkId,
    event: {
      type: "SUBSCRIBED",
      term: context.term,
      agent_id: agentId,
      beat_interval_ms: interval,
      lease_ms: LEASE_BEATS * interval,
      master_info: context.masterInfo,
      tasks: missingTasks(context, agent, call),
      ...(agent.keepsCheckpoint ? {} : { checkpointed_resources: heardCheckpoint(agent, call) }),
    },
  });
  resendOperations(context, agent, call);
  shutDownCompleted(context, linkId, call);
  sendPendingKills(context, linkId, agentId);
  tellOrders(context, agent);
}

function register(
  context: EngineContext,
  linkId: string,
  { agentId, call, address }: PendingAdmission,
): void {
  const returning = context.state.unreachable.get(agentId);
  const orders = ordersOf(context.state, agentId) ?? NO_ORDERS;
  const recovered = context.state.recovered.delete(agentId);
  const agent = makeAgent(context, linkId, { agentId, call, address }, orders);
  takeCheckpoint(context, agent, call);
  const maintenance = windowOn(context, agent);
  agent.unavailability = maintenance;
  context.state.agents.set(agentId, agent);
  noteAgentAdded(context, agent);
  context.counters.add(
    returning === undefined && !recovered
      ? "master/slave_registrations"
      : "master/slave_reregistrations",
  );
  const origin = returning !== undefined ? "unreachable" : recovered ? "recovered" : "unknown";
  admitReportedWork(context, agent, call, origin);
  context.state.unreachable.delete(agentId);
  tellAllocator(context, {
    kind: "agentAdded",
    agentId,
    profile: agentProfile(agent),
    total: agent.total,
    used: usesOf(context, agent),
    ...(maintenance === undefined ? {} : { maintenance }),
    ...(agent.podSlots === undefined ? {} : { podSlotsFree: agent.podSlots }),
  });
  if (!isOfferable(agent)) tellAllocator(context, { kind: "agentDeactivated", agentId });
}

function makeAgent(
  context: EngineContext,
  linkId: string,
  { agentId, call, address }: PendingAdmission,
  orders: Readonly<AgentOrders>,
): Agent {
  const read = readResources(call.agent_info.resources ?? []);
  return {
    id: agentId,
    info: keptAgentInfo(call.agent_info, agentId),
    hostname: call.agent_info.hostname,
    version: call.version,
    capabilities: call.capabilities,
    attributes: call.agent_info.attributes ?? [],
    nodeUid: call.node_uid,
    inventory: read.ok ? read.resources : [],
    checkpointed: [],
    total: [],
    keepsCheckpoint: false,
    makesVolumes: false,
    operations: new Map(),
    podSlots: call.pod_slots,
    link: { kind: "active", linkId },
    cordoned: call.unschedulable,
    deactivatedByOperator: orders.deactivatedByOperator,
    draining: orders.draining,
    registeredMs: context.nowMs,
    reregisteredMs: undefined,
    lastBeatMs: context.nowMs,
    leaseExtendedToMs: 0,
    tasks: new Set(),
    offers: [],
    address,
  };
}

/** The same agent on a newer stream: it supersedes the older one. */
function reconnect(
  context: EngineContext,
  linkId: string,
  agent: Agent,
  { call, address }: PendingAdmission,
): void {
  const older = agent.link.kind === "disconnected" ? undefined : agent.link.linkId;
  if (older !== undefined && older !== linkId) {
    refuseLink(context, older, {
      type: "ERROR",
      term: context.term,
      message: "Superseded by a newer stream of the same agent",
    });
    context.links.delete(older);
  }
  const wasOffered = isOfferable(agent);
  const read = readResources(call.agent_info.resources ?? []);
  agent.info = keptAgentInfo(call.agent_info, agent.id);
  agent.hostname = call.agent_info.hostname;
  agent.version = call.version;
  agent.capabilities = call.capabilities;
  agent.attributes = call.agent_info.attributes ?? [];
  agent.inventory = read.ok ? read.resources : agent.inventory;
  takeCheckpoint(context, agent, call);
  agent.podSlots = call.pod_slots;
  agent.cordoned = call.unschedulable;
  agent.link = { kind: "active", linkId };
  agent.address = address;
  agent.lastBeatMs = context.nowMs;
  agent.leaseExtendedToMs = 0;
  agent.reregisteredMs = context.nowMs;
  context.becomingUnreachable.delete(agent.id);
  context.counters.add("master/slave_reregistrations");
  tellUpdated(context, agent);
  tellUnavailability(context, agent);
  compareWork(context, agent, call);
  relieveAgent(context, agent.id);
  setOffered(context, agent, wasOffered);
}

/** The socket closed: suspect until the lease is over, so that a restart costs no offers of others. */
export function closeAgentLink(context: EngineContext, linkId: string): void {
  const link = context.links.get(linkId);
  context.links.delete(linkId);
  const admission = context.pendingAdmissions.get(linkId);
  if (admission !== undefined) {
    context.pendingAdmissions.delete(linkId);
    awaitAgent(context, admission);
    return;
  }
  const agent = link?.agentId === undefined ? undefined : context.state.agents.get(link.agentId);
  if (agent === undefined || agent.link.kind === "disconnected") return;
  if (agent.link.linkId !== linkId) return;
  const wasOffered = isOfferable(agent);
  agent.link = { kind: "suspect", linkId: undefined };
  setOffered(context, agent, wasOffered);
}

/** Recorded but gone before it was told: it is expected back like one found in the Registry. */
function awaitAgent(context: EngineContext, admission: PendingAdmission): void {
  const { agentId } = admission;
  if (context.state.agents.has(agentId) || context.state.unreachable.has(agentId)) return;
  context.state.recovered.set(agentId, { ...identityOf(admission), ...NO_ORDERS });
}
