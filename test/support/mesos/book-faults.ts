import {
  addResources,
  containsResources,
  equalResources,
} from "../../../src/domain/resources/arithmetic.ts";
import { formatResources } from "../../../src/domain/resources/format-resources.ts";
import { isReserved, reservedTo } from "../../../src/domain/resources/kind.ts";
import type { Resources } from "../../../src/domain/resources/resource.ts";
import { offeredIn, usedOnAgent } from "../../../src/domain/mesos/views/usage.ts";
import type { EngineScenario } from "./engine-scenario.ts";

/** What is used and what is offered never passes what an agent has, and offers stand in all their tables. */
export function bookFaults(scenario: EngineScenario): string[] {
  const { state } = scenario.engine;
  const faults: string[] = [];
  for (const agent of state.agents.values()) {
    const used = usedOnAgent(state, agent);
    // A total that fell below what runs kills nothing; then nothing is offered there.
    if (!containsResources(agent.total, used)) {
      if (agent.offers.length > 0) faults.push(`${agent.id} is overcommitted and offered`);
      continue;
    }
    const promised = addResources(used, offeredIn(agent.offers));
    if (!containsResources(agent.total, promised)) {
      faults.push(`${agent.id}: ${formatResources(promised)} of ${formatResources(agent.total)}`);
    }
  }
  faults.push(...differences(scenario), ...strangers(scenario));
  const inFrameworks = [...state.frameworks.values()].reduce(
    (sum, { offers }) => sum + offers.size,
    0,
  );
  const inAgents = [...state.agents.values()].reduce((sum, { offers }) => sum + offers.length, 0);
  if (inFrameworks !== state.offers.size || inAgents !== state.offers.size) {
    faults.push(
      `${state.offers.size} offers, ${inFrameworks} at frameworks, ${inAgents} at agents`,
    );
  }
  return faults;
}

/** What the engine and the allocator think that a framework holds on an agent. */
function differences({ engine, allocator }: EngineScenario): string[] {
  const found: string[] = [];
  for (const agent of engine.state.agents.values()) {
    for (const framework of engine.state.frameworks.values()) {
      for (const role of ["web", "batch"]) {
        const offers = [...agent.offers].filter(
          (offer) => offer.framework === framework && offer.role === role,
        );
        const tasks = [...agent.tasks].filter(
          (task) => task.charged && task.frameworkId === framework.id && task.role === role,
        );
        const operations = [...agent.operations.values()]
          .filter((it) => it.charged && it.frameworkId === framework.id && it.role === role)
          .map(({ conversion }) => ({ resources: conversion.consumed }));
        const ours = [...offers, ...tasks, ...operations].reduce<Resources>(
          (sum, { resources }) => addResources(sum, resources),
          [],
        );
        const theirs = allocator.view.held(framework.id, role, agent.id);
        if (equalResources(ours, theirs)) continue;
        found.push(
          `${framework.id} ${role} on ${agent.id}: engine ${formatResources(ours)}, allocator ${formatResources(theirs)}`,
        );
      }
    }
  }
  return found;
}

/** Offers of what is reserved to another role. */
function strangers({ engine }: EngineScenario): string[] {
  return [...engine.state.offers.values()].flatMap(({ id, role, resources }) =>
    resources
      .filter((resource) => isReserved(resource) && reservedTo(resource) !== role)
      .map((resource) => `${id} of ${role} has ${formatResources([resource])}`),
  );
}
