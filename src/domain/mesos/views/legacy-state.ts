import type { TaskState } from "../../../api/mesos/task-status.ts";
import { type Sight, visibleState, WHOLE_SIGHT } from "../../authorization/sight.ts";
import type { Agent, Framework, MasterState, Task } from "../master-state.ts";
import { listedFrameworks } from "../master-state.ts";
import { isActive, legacyAgent, legacyRecoveredAgent } from "./legacy-agent.ts";
import { legacyFramework } from "./legacy-framework.ts";
import { legacyResources } from "./legacy-resources.ts";
import { type MasterFacts, pidOf } from "./master-facts.ts";
import { offeredIn, usedByFramework, usedOnAgent } from "./usage.ts";

/** `/state`: everything, as one object. @see mesos@1.11 src/master/readonly_handler.cpp `state` */
export function legacyState(
  state: MasterState,
  facts: MasterFacts,
  sight: Sight = WHOLE_SIGHT,
): Record<string, unknown> {
  const { masterInfo } = facts;
  const shown = visibleState(state, sight);
  const pid = pidOf(masterInfo);
  const hostname = masterInfo.hostname ?? masterInfo.address?.hostname ?? "";
  const agents = [...state.agents.values()];
  return {
    ...legacyVersion(facts),
    start_time: facts.startedMs / 1000,
    elected_time: facts.electedMs / 1000,
    id: masterInfo.id,
    pid,
    hostname,
    capabilities: (masterInfo.capabilities ?? []).map(({ type }) => type),
    activated_slaves: agents.filter(isActive).length,
    deactivated_slaves: agents.filter((agent) => !isActive(agent)).length,
    unreachable_slaves: state.unreachable.size,
    leader: pid,
    leader_info: { id: masterInfo.id, pid, port: masterInfo.port, hostname },
    cluster: facts.clusterName,
    log_dir: "",
    flags: sight.flags ? facts.flags : {},
    slaves: agents.map((agent) => legacyAgent(state, agent, sight)),
    recovered_slaves: [...state.recovered.values()].map(legacyRecoveredAgent),
    frameworks: listedFrameworks(shown).map((framework) => legacyFramework(framework)),
    completed_frameworks: legacyCompleted(shown),
    orphan_tasks: [],
    unregistered_frameworks: [],
  };
}

export function legacyCompleted(state: MasterState): Record<string, unknown>[] {
  return [...state.completed.values()].map(({ framework, unregisteredMs }) =>
    legacyFramework(framework, unregisteredMs),
  );
}

export function legacyVersion(facts: MasterFacts): Record<string, unknown> {
  return {
    version: facts.version,
    build_date: facts.buildDate,
    build_time: facts.buildTimeMs / 1000,
    build_user: facts.buildUser,
  };
}

const COUNTED: readonly TaskState[] = [
  "TASK_STAGING",
  "TASK_STARTING",
  "TASK_RUNNING",
  "TASK_KILLING",
  "TASK_FINISHED",
  "TASK_KILLED",
  "TASK_FAILED",
  "TASK_LOST",
  "TASK_ERROR",
  "TASK_UNREACHABLE",
  "TASK_DROPPED",
  "TASK_GONE",
  "TASK_GONE_BY_OPERATOR",
];

function taskCounts(tasks: Iterable<Task>): Record<string, number> {
  const counts: Record<string, number> = Object.fromEntries(COUNTED.map((state) => [state, 0]));
  for (const task of tasks) counts[task.state] = (counts[task.state] ?? 0) + 1;
  return counts;
}

/** `/state-summary` */
export function legacySummary(
  state: MasterState,
  facts: MasterFacts,
  sight: Sight = WHOLE_SIGHT,
): Record<string, unknown> {
  const shown = visibleState(state, sight);
  return {
    hostname: facts.masterInfo.hostname ?? "",
    cluster: facts.clusterName,
    slaves: [...state.agents.values()].map((agent) => ({
      ...legacyAgent(state, agent, sight),
      ...summaryAgent(state, shown, agent),
    })),
    frameworks: listedFrameworks(shown).map(summaryFramework),
  };
}

/** @param shown what is listed; what is used counts whole. */
function summaryAgent(
  state: MasterState,
  shown: MasterState,
  agent: Agent,
): Record<string, unknown> {
  const tasks = [...agent.tasks].filter(
    ({ frameworkId, id }) => shown.frameworks.get(frameworkId)?.tasks.has(id) === true,
  );
  const frameworkIds = new Set(tasks.map((task) => task.frameworkId));
  return {
    used_resources: legacyResources(usedOnAgent(state, agent)),
    ...taskCounts(tasks),
    framework_ids: [...frameworkIds],
  };
}

function summaryFramework(framework: Framework): Record<string, unknown> {
  const tasks = [
    ...framework.tasks.values(),
    ...framework.unreachableTasks.values(),
    ...framework.completedTasks,
  ];
  return {
    id: framework.id,
    name: framework.info.name,
    used_resources: legacyResources(usedByFramework(framework)),
    offered_resources: legacyResources(offeredIn(framework.offers)),
    capabilities: [...framework.capabilities],
    hostname: framework.info.hostname ?? "",
    webui_url: framework.info.webui_url ?? "",
    active: framework.connection.kind === "connected",
    connected: framework.connection.kind === "connected",
    recovered: framework.connection.kind === "recovered",
    ...taskCounts(tasks),
    slave_ids: [...new Set([...framework.tasks.values()].map((task) => task.agentId))],
  };
}
