import { asId } from "../../../src/api/ids/ids.ts";
import type { FrameworkInfo } from "../../../src/api/mesos/framework-info.ts";
import type { TaskState } from "../../../src/api/mesos/task-status.ts";
import { capabilitiesOf, rolesOf } from "../../../src/domain/mesos/framework-capability.ts";
import type { Agent, Framework, Task } from "../../../src/domain/mesos/master-state.ts";
import { resourcesOf } from "../../../src/domain/resources/parse-resources.ts";

export function makeFramework(overrides: Partial<FrameworkInfo> = {}): Framework {
  const info: FrameworkInfo = {
    user: "nobody",
    name: "fw",
    id: { value: "f1" },
    roles: ["web"],
    capabilities: [{ type: "MULTI_ROLE" }, { type: "PARTITION_AWARE" }],
    ...overrides,
  };
  return {
    id: asId(info.id?.value ?? ""),
    info,
    capabilities: capabilitiesOf(info),
    roles: rolesOf(info),
    suppressed: new Set(),
    constraints: undefined,
    connection: { kind: "connected", streamId: "s1" },
    registeredMs: 1000,
    reregisteredMs: undefined,
    tasks: new Map(),
    unreachableTasks: new Map(),
    completedTasks: [],
    executors: new Map(),
    operations: new Map(),
    offers: new Set(),
  };
}

export function makeAgent(id: string, resources = "cpus:4;mem:1024"): Agent {
  return {
    id: asId(id),
    info: { hostname: id, id: { value: id } },
    hostname: id,
    version: "1.11.0",
    capabilities: [],
    attributes: [],
    nodeUid: undefined,
    inventory: resourcesOf(resources),
    checkpointed: [],
    total: resourcesOf(resources),
    keepsCheckpoint: true,
    makesVolumes: true,
    operations: new Map(),
    podSlots: undefined,
    link: { kind: "active", linkId: "l1" },
    cordoned: false,
    deactivatedByOperator: false,
    draining: undefined,
    registeredMs: 1000,
    reregisteredMs: undefined,
    lastBeatMs: 1000,
    leaseExtendedToMs: 0,
    tasks: new Set(),
    offers: [],
    address: "10.0.0.1",
  };
}

export function makeTask(id: string, agentId: string, state: TaskState = "TASK_RUNNING"): Task {
  return {
    id: asId(id),
    frameworkId: asId("f1"),
    agentId: asId(agentId),
    executorId: undefined,
    info: { name: id, task_id: { value: id }, agent_id: { value: agentId } },
    launchId: `launch-${id}`,
    role: "web",
    resources: resourcesOf("cpus:1;mem:64"),
    state,
    charged: true,
    statuses: [],
    pending: undefined,
  };
}

/** A SUBSCRIBE of a framework whose tasks outlive its absence, by an hour. */
export const LASTING = { framework_info: { user: "u", name: "fw", failover_timeout: 3600 } };
