import type { Operation as WireOperation } from "../../../api/mesos/operation.ts";
import type { Task as WireTask } from "../../../api/mesos/task.ts";
import type {
  MasterGetAgents,
  MasterGetAgentsAgent,
  MasterGetExecutors,
  MasterGetFrameworks,
  MasterGetFrameworksFramework,
  MasterGetState,
  MasterGetTasks,
} from "../../../api/mesos/operator-response.ts";
import type { AgentInfoCapability, DrainInfo } from "../../../api/mesos/agent-info.ts";
import { rolesOfOperation } from "../../authorization/resource-permissions.ts";
import { type Sight, visibleState, WHOLE_SIGHT } from "../../authorization/sight.ts";
import { reservedTo } from "../../resources/kind.ts";
import type { Resources } from "../../resources/resource.ts";
import type { Agent, AgentDrain, Framework, MasterState, Task } from "../master-state.ts";
import { listedFrameworks } from "../master-state.ts";
import { wireOperation } from "../operations/operation.ts";
import { writeResources } from "../wire-resources.ts";
import { isActive } from "./legacy-agent.ts";
import { offeredIn, usedByFramework, usedOnAgent } from "./usage.ts";

const REFINED = { refined: true };

const nanoseconds = (ms: number): { readonly nanoseconds: number } => ({ nanoseconds: ms * 1e6 });

export function getState(state: MasterState, sight: Sight = WHOLE_SIGHT): MasterGetState {
  const shown = visibleState(state, sight);
  return {
    get_tasks: getTasks(shown),
    get_executors: getExecutors(shown),
    get_frameworks: getFrameworks(shown),
    get_agents: getAgents(state, sight),
  };
}

export function getAgents(state: MasterState, sight: Sight = WHOLE_SIGHT): MasterGetAgents {
  return {
    agents: [...state.agents.values()].map((agent) => operatorAgent(state, agent, sight)),
    recovered_agents: [...state.recovered.values()].map(({ info }) => info),
  };
}

export function operatorAgent(
  state: MasterState,
  agent: Agent,
  sight: Sight = WHOLE_SIGHT,
): MasterGetAgentsAgent {
  const seen = (resources: Resources): Resources =>
    resources.filter((it) => {
      const role = reservedTo(it);
      return role === undefined || sight.role(role);
    });
  return {
    agent_info: agent.info,
    active: isActive(agent),
    version: agent.version,
    pid: `slave(1)@${agent.address}:${agent.info.port ?? 5051}`,
    registered_time: nanoseconds(agent.registeredMs),
    ...(agent.reregisteredMs === undefined
      ? {}
      : { reregistered_time: nanoseconds(agent.reregisteredMs) }),
    total_resources: writeResources(seen(agent.total), REFINED),
    allocated_resources: writeResources(seen(usedOnAgent(state, agent)), REFINED),
    offered_resources: writeResources(seen(offeredIn(agent.offers)), REFINED),
    capabilities: agent.capabilities.flatMap((name) => capabilityOf(name)),
    deactivated: agent.deactivatedByOperator || agent.cordoned || agent.draining !== undefined,
    ...(agent.draining === undefined ? {} : { drain_info: drainInfo(agent.draining) }),
  };
}

function drainInfo({ state, maxGracePeriodMs, markGone }: AgentDrain): DrainInfo {
  return {
    state,
    config: {
      mark_gone: markGone,
      ...(maxGracePeriodMs === undefined
        ? {}
        : { max_grace_period: { nanoseconds: maxGracePeriodMs * 1e6 } }),
    },
  };
}

function capabilityOf(name: string): AgentInfoCapability[] {
  const type = CAPABILITY_NAMES.find((known) => known === name);
  return type === undefined ? [] : [{ type }];
}

const CAPABILITY_NAMES = [
  "MULTI_ROLE",
  "HIERARCHICAL_ROLE",
  "RESERVATION_REFINEMENT",
  "RESOURCE_PROVIDER",
  "RESIZE_VOLUME",
  "AGENT_OPERATION_FEEDBACK",
  "AGENT_DRAINING",
  "TASK_RESOURCE_LIMITS",
] as const;

export function getFrameworks(state: MasterState): MasterGetFrameworks {
  return {
    frameworks: listedFrameworks(state).map((framework) => operatorFramework(framework)),
    completed_frameworks: [...state.completed.values()].map(({ framework, unregisteredMs }) =>
      operatorFramework(framework, unregisteredMs),
    ),
  };
}

export function operatorFramework(
  framework: Framework,
  unregisteredMs?: number,
): MasterGetFrameworksFramework {
  const isConnected = framework.connection.kind === "connected";
  return {
    framework_info: framework.info,
    active: isConnected,
    connected: isConnected,
    recovered: framework.connection.kind === "recovered",
    registered_time: nanoseconds(framework.registeredMs),
    ...(framework.reregisteredMs === undefined
      ? {}
      : { reregistered_time: nanoseconds(framework.reregisteredMs) }),
    ...(unregisteredMs === undefined ? {} : { unregistered_time: nanoseconds(unregisteredMs) }),
    allocated_resources: writeResources(usedByFramework(framework), REFINED),
    offered_resources: writeResources(offeredIn(framework.offers), REFINED),
    ...(framework.constraints === undefined ? {} : { offer_constraints: framework.constraints }),
  };
}

export function getExecutors(state: MasterState): MasterGetExecutors {
  const executors = [...state.frameworks.values()].flatMap((framework) =>
    [...framework.executors.values()].flatMap((onAgent) => [...onAgent.values()]),
  );
  return {
    executors: executors.map(({ info, agentId }) => ({
      executor_info: info,
      agent_id: { value: agentId },
    })),
  };
}

/** Operations whose last status is not acknowledged yet. */
/** Operations on what is reserved for roles that are seen, as Mesos asks. */
export function getOperations(
  state: MasterState,
  sight: Sight = WHOLE_SIGHT,
): { readonly operations: readonly WireOperation[] } {
  const operations = [...state.agents.values()].flatMap((agent) =>
    [...agent.operations.values()].map(wireOperation),
  );
  const isSeen = ({ info }: WireOperation): boolean =>
    rolesOfOperation(info).every((role) => role === "*" || sight.role(role));
  return { operations: sight.isWhole ? operations : operations.filter(isSeen) };
}

export function getTasks(state: MasterState): MasterGetTasks {
  const frameworks = [...state.frameworks.values()];
  const finished = [...state.completed.values()].map(({ framework }) => framework);
  return {
    tasks: frameworks.flatMap((it) => [...it.tasks.values()].map((task) => operatorTask(it, task))),
    completed_tasks: [...frameworks, ...finished].flatMap((it) =>
      it.completedTasks.map((task) => operatorTask(it, task)),
    ),
    unreachable_tasks: frameworks.flatMap((it) =>
      [...it.unreachableTasks.values()].map((task) => operatorTask(it, task)),
    ),
  };
}

export function operatorTask(framework: Framework, task: Task): WireTask {
  const { info } = task;
  return {
    name: info.name,
    task_id: info.task_id,
    framework_id: { value: task.frameworkId },
    ...(task.executorId === undefined ? {} : { executor_id: { value: task.executorId } }),
    agent_id: { value: task.agentId },
    state: task.state,
    resources: writeResources(task.resources, { refined: true, allocatedTo: task.role }),
    statuses: task.statuses,
    ...(task.pending === undefined
      ? {}
      : { status_update_state: task.pending.state, status_update_uuid: task.pending.uuid }),
    ...(info.labels === undefined ? {} : { labels: info.labels }),
    ...(info.discovery === undefined ? {} : { discovery: info.discovery }),
    ...(info.container === undefined ? {} : { container: info.container }),
    user: info.command?.user ?? framework.info.user,
    ...(info.health_check === undefined ? {} : { health_check: info.health_check }),
    ...(info.kill_policy === undefined ? {} : { kill_policy: info.kill_policy }),
    ...(info.limits === undefined ? {} : { limits: info.limits }),
  };
}
