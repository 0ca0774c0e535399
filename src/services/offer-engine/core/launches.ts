import type { AgentEventOf } from "../../../api/agent-link/events.ts";
import { asId } from "../../../api/ids/ids.ts";
import type { PlannedExecutor, PlannedTask } from "../../../domain/mesos/accept-plan.ts";
import type { Agent, Framework, Task } from "../../../domain/mesos/master-state.ts";
import { type EngineContext, linkOf } from "./context.ts";
import { addExecutor, addTask, withoutPayload } from "./tasks.ts";

/** Where tasks are launched, and as whose. */
export interface LaunchPlace {
  readonly framework: Framework;
  readonly agent: Agent;
  readonly role: string;
}

/** One task, with its executor if that is to start. */
export function launchTask(
  context: EngineContext,
  place: LaunchPlace,
  planned: PlannedTask,
  executor: PlannedExecutor | undefined,
): void {
  const launchId = context.random.uuid();
  if (executor !== undefined) startExecutor(place, executor);
  const executorId = executor?.info.executor_id.value;
  recordTask(context, place, planned, executorId, launchId);
  sendRun(context, place, (term) => ({
    type: "RUN_TASK",
    term,
    launch_id: launchId,
    framework_id: place.framework.id,
    framework_info: place.framework.info,
    devices: [],
    generation: 0,
    task: planned.info,
  }));
}

/** The tasks of a group, on one executor. */
export function launchGroup(
  context: EngineContext,
  place: LaunchPlace,
  planned: readonly PlannedTask[],
  executor: PlannedExecutor,
): void {
  const launchId = context.random.uuid();
  startExecutor(place, executor);
  for (const task of planned) {
    recordTask(context, place, task, executor.info.executor_id.value, launchId);
  }
  sendRun(context, place, (term) => ({
    type: "RUN_GROUP",
    term,
    launch_id: launchId,
    framework_id: place.framework.id,
    framework_info: place.framework.info,
    devices: [],
    generation: 0,
    executor: executor.info,
    tasks: planned.map(({ info }) => info),
  }));
}

function sendRun(
  context: EngineContext,
  { agent }: LaunchPlace,
  build: (term: number) => AgentEventOf<"RUN_TASK" | "RUN_GROUP">,
): void {
  const linkId = linkOf(agent);
  // A launch that cannot be sent now is decided by the agent's next SUBSCRIBE: it is listed there as missing.
  if (linkId === undefined) return;
  context.effects.push({ kind: "agentEvent", linkId, event: build(context.term) });
}

function startExecutor({ framework, agent, role }: LaunchPlace, executor: PlannedExecutor): void {
  if (!executor.starts) return;
  addExecutor(framework, {
    id: asId(executor.info.executor_id.value),
    frameworkId: framework.id,
    agentId: agent.id,
    info: executor.info,
    role,
    resources: executor.resources,
  });
}

function recordTask(
  context: EngineContext,
  { framework, agent, role }: LaunchPlace,
  planned: PlannedTask,
  executorId: string | undefined,
  launchId: string,
): void {
  const task: Task = {
    id: asId(planned.info.task_id.value),
    frameworkId: framework.id,
    agentId: agent.id,
    executorId: executorId === undefined ? undefined : asId(executorId),
    info: withoutPayload(planned.info),
    launchId,
    role,
    resources: planned.resources,
    state: "TASK_STAGING",
    charged: true,
    statuses: [],
    pending: undefined,
  };
  addTask(context, framework, agent, task);
  context.counters.add("master/messages_launch_tasks");
}
