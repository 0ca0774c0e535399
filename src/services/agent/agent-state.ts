import type { TaskStatus } from "../../api/mesos/task-status.ts";
import type { Resource } from "../../api/mesos/resource.ts";
import { isRunOver, type Run } from "../../domain/agent/run.ts";
import { applyCheckpointed } from "../../domain/mesos/operations/checkpointed-resources.ts";
import {
  fullResources,
  type LegacyResources,
  legacyResources,
  splitByReservation,
} from "../../domain/mesos/views/legacy-resources.ts";
import { readResources } from "../../domain/mesos/wire-resources.ts";
import type { Resources } from "../../domain/resources/resource.ts";
import type { AgentInventory } from "./ports.ts";

export interface StateFacts {
  readonly agentId: string;
  readonly hostname: string;
  readonly ip: string;
  readonly port: number;
  readonly version: string;
  readonly startedAtMs: number;
  readonly flags: Readonly<Record<string, string>>;
  readonly inventory: AgentInventory;
  /** Reservations and volumes that operations made of the inventory. */
  readonly checkpointed: Resources;
  readonly runs: readonly Run[];
  readonly completedRuns: readonly Run[];
  readonly latestStatus: (frameworkId: string, taskId: string) => TaskStatus | undefined;
}

/** The agent's `/state`, in Mesos' shape. @see mesos@1.11 src/slave/http.cpp Http::state */
export function agentState(facts: StateFacts): object {
  const live = facts.runs.filter((run) => !isRunOver(run));
  const over = [...facts.runs.filter(isRunOver), ...facts.completedRuns];
  const inventory = readResources(facts.inventory.total);
  const total = applyCheckpointed(inventory.ok ? inventory.resources : [], facts.checkpointed);
  const { reserved, unreserved } = splitByReservation(total);
  return {
    version: facts.version,
    id: facts.agentId,
    pid: `slave(1)@${facts.ip}:${facts.port}`,
    hostname: facts.hostname,
    start_time: facts.startedAtMs / 1000,
    resources: legacyResources(total),
    reserved_resources: reserved,
    unreserved_resources: unreserved,
    ...fullResources(total),
    attributes: Object.fromEntries(
      facts.inventory.attributes.map(({ name, text, scalar, set, ranges }) => [
        name,
        text?.value ?? scalar?.value ?? set?.item ?? ranges?.range ?? null,
      ]),
    ),
    flags: facts.flags,
    frameworks: frameworksOf(live, facts),
    completed_frameworks: frameworksOf(over, facts),
  };
}

function frameworksOf(runs: readonly Run[], facts: StateFacts): readonly object[] {
  const byFramework = Map.groupBy(runs, (run) => run.record.frameworkId);
  return [...byFramework].map(([id, own]) => ({
    id,
    name: own[0]?.record.framework.name ?? "",
    user: own[0]?.record.framework.user ?? "",
    executors: own.filter((run) => !isRunOver(run)).map((run) => executorOf(run, facts)),
    completed_executors: own.filter(isRunOver).map((run) => executorOf(run, facts)),
  }));
}

function executorOf(run: Run, facts: StateFacts): object {
  const { record } = run;
  const tasks = run.tasks.map((task) => {
    const latest = facts.latestStatus(record.frameworkId, task.info.task_id.value);
    return {
      id: task.info.task_id.value,
      name: task.info.name,
      framework_id: record.frameworkId,
      executor_id: record.executor === undefined ? "" : record.executorId,
      slave_id: facts.agentId,
      state: latest?.state ?? "TASK_STAGING",
      resources: quantities(task.info.resources ?? []),
      statuses: latest === undefined ? [] : [latest],
    };
  });
  return {
    id: record.executorId,
    name: record.executor?.name ?? "",
    source: record.executor?.source ?? record.executorId,
    container: record.containerId,
    resources: quantities(record.tasks.flatMap((task) => task.resources ?? [])),
    tasks: isRunOver(run) ? [] : tasks,
    queued_tasks: [],
    completed_tasks: isRunOver(run) ? tasks : [],
  };
}

function quantities(wire: readonly Resource[]): LegacyResources {
  const read = readResources(wire);
  return legacyResources(read.ok ? read.resources : []);
}
