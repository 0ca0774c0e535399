import { addResources } from "../../resources/arithmetic.ts";
import type { Executor, Framework, Offer } from "../master-state.ts";
import { isConnected } from "../master-state.ts";
import { legacyResources } from "./legacy-resources.ts";
import { legacyTask } from "./legacy-task.ts";
import { offeredIn, usedByFramework } from "./usage.ts";

export function legacyFramework(
  framework: Framework,
  unregisteredMs?: number,
): Record<string, unknown> {
  const { info } = framework;
  const used = usedByFramework(framework);
  const offered = offeredIn(framework.offers);
  const multiRole = framework.capabilities.has("MULTI_ROLE");
  return {
    id: framework.id,
    name: info.name,
    used_resources: legacyResources(used),
    offered_resources: legacyResources(offered),
    capabilities: [...framework.capabilities],
    hostname: info.hostname ?? "",
    webui_url: info.webui_url ?? "",
    active: isConnected(framework),
    connected: isConnected(framework),
    recovered: framework.connection.kind === "recovered",
    user: info.user,
    failover_timeout: info.failover_timeout ?? 0,
    checkpoint: info.checkpoint ?? false,
    registered_time: framework.registeredMs / 1000,
    unregistered_time: (unregisteredMs ?? 0) / 1000,
    ...(info.principal === undefined ? {} : { principal: info.principal }),
    resources: legacyResources(addResources(used, offered)),
    ...(framework.reregisteredMs === undefined
      ? {}
      : { reregistered_time: framework.reregisteredMs / 1000 }),
    ...(multiRole ? { roles: framework.roles } : { role: framework.roles[0] ?? "*" }),
    tasks: [...framework.tasks.values()].map((task) => legacyTask(framework, task)),
    unreachable_tasks: [...framework.unreachableTasks.values()].map((task) =>
      legacyTask(framework, task),
    ),
    completed_tasks: framework.completedTasks.map((task) => legacyTask(framework, task)),
    offers: [...framework.offers].map(legacyOffer),
    executors: [...framework.executors.values()].flatMap((executors) =>
      [...executors.values()].map(legacyExecutor),
    ),
    ...(info.labels === undefined ? {} : { labels: info.labels.labels ?? [] }),
    ...(framework.constraints === undefined ? {} : { offer_constraints: framework.constraints }),
  };
}

function legacyOffer(offer: Offer): Record<string, unknown> {
  return {
    id: offer.id,
    framework_id: offer.framework.id,
    allocation_info: { role: offer.role },
    slave_id: offer.agent.id,
    resources: legacyResources(offer.resources),
  };
}

function legacyExecutor(executor: Executor): Record<string, unknown> {
  return {
    executor_id: executor.id,
    name: executor.info.name ?? "",
    framework_id: executor.frameworkId,
    command: executor.info.command ?? {},
    resources: legacyResources(executor.resources),
    role: executor.role,
    slave_id: executor.agentId,
    ...(executor.info.type === undefined ? {} : { type: executor.info.type }),
  };
}
