import type { Attribute } from "../../../api/mesos/value.ts";
import { addResources } from "../../resources/arithmetic.ts";
import { formatRanges } from "../../resources/ranges.ts";
import { type Sight, WHOLE_SIGHT } from "../../authorization/sight.ts";
import type { Agent, MasterState, RecoveredAgent } from "../master-state.ts";
import type { Resources } from "../../resources/resource.ts";
import { writeResources } from "../wire-resources.ts";
import { fullResources, legacyResources, splitByReservation } from "./legacy-resources.ts";
import { offeredIn, usedOnAgent } from "./usage.ts";

export function legacyAgent(
  state: MasterState,
  agent: Agent,
  sight: Sight = WHOLE_SIGHT,
): Record<string, unknown> {
  const used = usedOnAgent(state, agent);
  const offered = offeredIn(agent.offers);
  const { reserved, unreserved } = splitByReservation(agent.total);
  return {
    id: agent.id,
    hostname: agent.hostname,
    port: agent.info.port ?? 5051,
    attributes: legacyAttributes(agent.attributes),
    ...(agent.info.domain === undefined ? {} : { domain: agent.info.domain }),
    pid: `slave(1)@${agent.address}:${agent.info.port ?? 5051}`,
    registered_time: agent.registeredMs / 1000,
    ...(agent.reregisteredMs === undefined
      ? {}
      : { reregistered_time: agent.reregisteredMs / 1000 }),
    resources: legacyResources(agent.total),
    used_resources: legacyResources(used),
    offered_resources: legacyResources(offered),
    reserved_resources: visibleRoles(reserved, sight),
    unreserved_resources: unreserved,
    active: isActive(agent),
    deactivated: agent.deactivatedByOperator || agent.cordoned,
    version: agent.version,
    capabilities: agent.capabilities,
    ...(agent.draining === undefined ? {} : { drain_info: { state: agent.draining.state } }),
  };
}

/** `/slaves` shows the resource objects besides. */
export function legacyAgentFull(
  state: MasterState,
  agent: Agent,
  sight: Sight = WHOLE_SIGHT,
): Record<string, unknown> {
  const refined = { refined: true };
  const used = usedOnAgent(state, agent);
  const offered = offeredIn(agent.offers);
  return {
    ...legacyAgent(state, agent, sight),
    ...visibleFull(agent.total, sight),
    used_resources_full: writeResources(addResources([], used), refined),
    offered_resources_full: writeResources(offered, refined),
  };
}

function visibleFull(total: Resources, sight: Sight): ReturnType<typeof fullResources> {
  const full = fullResources(total);
  return {
    ...full,
    reserved_resources_full: visibleRoles(full.reserved_resources_full, sight),
  };
}

function visibleRoles<V>(byRole: Readonly<Record<string, V>>, sight: Sight): Record<string, V> {
  return Object.fromEntries(Object.entries(byRole).filter(([role]) => sight.role(role)));
}

export function isActive(agent: Agent): boolean {
  return agent.link.kind !== "disconnected" && !agent.deactivatedByOperator;
}

export function legacyRecoveredAgent(agent: RecoveredAgent): Record<string, unknown> {
  return {
    id: agent.id,
    hostname: agent.info.hostname,
    port: agent.info.port ?? 5051,
    attributes: legacyAttributes(agent.info.attributes ?? []),
  };
}

function legacyAttributes(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map((attribute) => [attribute.name, attributeValue(attribute)]),
  );
}

function attributeValue({ type, scalar, ranges, set, text }: Attribute): unknown {
  switch (type) {
    case "SCALAR":
      return scalar?.value ?? 0;
    case "RANGES":
      return formatRanges((ranges?.range ?? []).map(({ begin, end }) => [begin, end]));
    case "SET":
      return `{${(set?.item ?? []).join(", ")}}`;
    case "TEXT":
      return text?.value ?? "";
  }
}
