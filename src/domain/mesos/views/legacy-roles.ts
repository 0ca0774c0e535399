import { addResources, NO_RESOURCES } from "../../resources/arithmetic.ts";
import { reservedTo } from "../../resources/kind.ts";
import type { Resources } from "../../resources/resource.ts";
import { type Sight, visibleState, WHOLE_SIGHT } from "../../authorization/sight.ts";
import { listedFrameworks, type MasterState } from "../master-state.ts";
import { legacyResources } from "./legacy-resources.ts";

/** Configuration of a role; quantities in milli-units. */
export interface ConfiguredRole {
  readonly name: string;
  readonly weight: number;
  readonly guaranteesMilli?: Readonly<Record<string, number>>;
  readonly limitsMilli?: Readonly<Record<string, number>>;
}

/** Every role that is configured, subscribed or in use, by name. */
export function knownRoles(state: MasterState, configured: readonly ConfiguredRole[]): string[] {
  const names = new Set(configured.map(({ name }) => name));
  for (const framework of state.frameworks.values()) {
    for (const role of framework.roles) names.add(role);
    for (const task of framework.tasks.values()) names.add(task.role);
  }
  for (const { role } of state.pods.all()) names.add(role);
  return [...names].sort();
}

export function legacyRoles(
  state: MasterState,
  configured: readonly ConfiguredRole[],
  sight: Sight = WHOLE_SIGHT,
): Record<string, unknown> {
  const byName = new Map(configured.map((role) => [role.name, role]));
  const names = knownRoles(state, configured).filter((name) => sight.role(name));
  const shown = visibleState(state, sight);
  return {
    roles: names.map((name) => ({
      ...legacyRole(state, name, byName.get(name)),
      frameworks: listedFrameworks(shown)
        .filter((framework) => framework.roles.includes(name))
        .map(({ id }) => id),
    })),
  };
}

function legacyRole(
  state: MasterState,
  name: string,
  config: ConfiguredRole | undefined,
): Record<string, unknown> {
  const allocated = allocatedTo(state, name);
  const offered = offeredTo(state, name);
  const reserved = reservedIn(state, name);
  return {
    name,
    weight: config?.weight ?? 1,
    quota: {
      role: name,
      guarantee: quantities(config?.guaranteesMilli),
      limit: quantities(config?.limitsMilli),
      consumed: legacyResources(addResources(allocated, offered)),
    },
    resources: legacyResources(addResources(allocated, offered)),
    allocated: legacyResources(allocated),
    offered: legacyResources(offered),
    reserved: legacyResources(reserved),
  };
}

export function allocatedTo(state: MasterState, role: string): Resources {
  let sum = NO_RESOURCES;
  for (const framework of state.frameworks.values()) {
    for (const task of framework.tasks.values()) {
      if (task.charged && task.role === role) sum = addResources(sum, task.resources);
    }
    for (const executors of framework.executors.values()) {
      for (const executor of executors.values()) {
        if (executor.role === role) sum = addResources(sum, executor.resources);
      }
    }
  }
  for (const pod of state.pods.all()) {
    if (pod.role === role) sum = addResources(sum, pod.resources);
  }
  return sum;
}

export function offeredTo(state: MasterState, role: string): Resources {
  let sum = NO_RESOURCES;
  for (const offer of state.offers.values()) {
    if (offer.role === role) sum = addResources(sum, offer.resources);
  }
  return sum;
}

function reservedIn(state: MasterState, role: string): Resources {
  let sum = NO_RESOURCES;
  for (const agent of state.agents.values()) {
    const own = agent.total.filter((resource) => reservedTo(resource) === role);
    sum = addResources(sum, own);
  }
  return sum;
}

function quantities(milli: Readonly<Record<string, number>> | undefined): Record<string, number> {
  return Object.fromEntries(
    Object.entries(milli ?? {}).map(([name, value]) => [name, value / 1000]),
  );
}
