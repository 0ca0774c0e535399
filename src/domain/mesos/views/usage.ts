import { addResources, NO_RESOURCES } from "../../resources/arithmetic.ts";
import type { Resources } from "../../resources/resource.ts";
import type { Agent, Framework, MasterState, Offer } from "../master-state.ts";

export function usedByFramework(framework: Framework): Resources {
  let used = NO_RESOURCES;
  for (const task of framework.tasks.values()) {
    if (task.charged) used = addResources(used, task.resources);
  }
  for (const executors of framework.executors.values()) {
    for (const executor of executors.values()) used = addResources(used, executor.resources);
  }
  for (const operation of framework.operations.values()) {
    if (operation.charged) used = addResources(used, operation.conversion.consumed);
  }
  for (const { resources } of framework.pods?.all() ?? []) used = addResources(used, resources);
  return used;
}

export function usedOnAgent(state: MasterState, agent: Agent): Resources {
  let used = NO_RESOURCES;
  for (const task of agent.tasks) if (task.charged) used = addResources(used, task.resources);
  for (const framework of state.frameworks.values()) {
    for (const executor of framework.executors.get(agent.id)?.values() ?? []) {
      used = addResources(used, executor.resources);
    }
  }
  for (const { charged, conversion } of agent.operations.values()) {
    if (charged) used = addResources(used, conversion.consumed);
  }
  for (const pod of state.pods.onAgent(agent.id)) used = addResources(used, pod.resources);
  return used;
}

export function offeredIn(offers: Iterable<Offer>): Resources {
  let offered = NO_RESOURCES;
  for (const offer of offers) offered = addResources(offered, offer.resources);
  return offered;
}
