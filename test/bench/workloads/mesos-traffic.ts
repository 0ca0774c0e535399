import { writeResources } from "../../../src/domain/mesos/wire-resources.ts";
import { resourcesOf } from "../../../src/domain/resources/parse-resources.ts";

/** Agents as in Mesos' own benchmarks. */
const AGENT_RESOURCES = writeResources(
  resourcesOf("cpus:24;mem:4096;disk:4096;ports:[31000-32000]"),
  { refined: true },
);
export const TASK_TEXT = "cpus:0.1;mem:16";
const TASK_RESOURCES = writeResources(resourcesOf(TASK_TEXT), { refined: true });
const ALLOCATED_RESOURCES = writeResources(resourcesOf(TASK_TEXT), {
  refined: true,
  allocatedTo: "*",
});

/** A TaskInfo as frameworks send it: command with environment, container, ports, labels, discovery; about 0.7 kB. */
export function taskInfo(taskId: string, agentId: string, isAllocated = false): unknown {
  return {
    name: `shop.frontend.${taskId}`,
    task_id: { value: taskId },
    agent_id: { value: agentId },
    resources: isAllocated ? ALLOCATED_RESOURCES : TASK_RESOURCES,
    command: {
      shell: true,
      value: "exec /opt/shop/bin/frontend --port $PORT0 --region eu-west",
      environment: {
        variables: [
          { name: "PORT0", value: "31000" },
          { name: "SHOP_VERSION", value: "2026-11-21T13:09:12.000Z" },
        ],
      },
    },
    labels: {
      labels: [
        { key: "team", value: "shop" },
        { key: "tier", value: "frontend" },
      ],
    },
    discovery: { visibility: "FRAMEWORK", name: "frontend.shop" },
  };
}

export function frameworkInfo(index: number, id?: string): unknown {
  return {
    user: "nobody",
    name: `framework-${index}`,
    roles: ["*"],
    failover_timeout: 3600,
    capabilities: [{ type: "MULTI_ROLE" }, { type: "PARTITION_AWARE" }],
    ...(id === undefined ? {} : { id: { value: id } }),
  };
}

export function frameworkSubscribe(index: number, id?: string): unknown {
  return {
    type: "SUBSCRIBE",
    ...(id === undefined ? {} : { framework_id: { value: id } }),
    subscribe: { framework_info: frameworkInfo(index, id) },
  };
}

/** What an agent says when it opens its link; `tasks` and `frameworks` when it has some. */
export function agentSubscribe(
  hostname: string,
  more: Readonly<Record<string, unknown>> = {},
): unknown {
  return {
    type: "SUBSCRIBE",
    agent_info: { hostname, port: 5051, resources: AGENT_RESOURCES, attributes: [] },
    version: "1.11.0",
    capabilities: ["MULTI_ROLE", "HIERARCHICAL_ROLE", "RESERVATION_REFINEMENT"],
    launcher: "process",
    ...more,
  };
}

/** A running task as its agent reports it. */
export function reportedTask(frameworkId: string, agentId: string, taskId: string): unknown {
  return {
    framework_id: frameworkId,
    executor_id: taskId,
    task: taskInfo(taskId, agentId, true),
    latest_state: "TASK_RUNNING",
    launch_id: `launch-${taskId}`,
  };
}
