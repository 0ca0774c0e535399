import type { MasterEvent } from "../../../api/mesos/operator-event.ts";
import type { TaskStatus } from "../../../api/mesos/task-status.ts";
import {
  type Agent,
  type Framework,
  latestStatus,
  type Task,
} from "../../../domain/mesos/master-state.ts";
import {
  operatorAgent,
  operatorFramework,
  operatorTask,
} from "../../../domain/mesos/views/operator-reads.ts";
import type { EngineContext } from "./context.ts";

/**
 * What operators who watch are told of a change. Built only while somebody does: the event says how things are in this
 * moment of the input, and the order of the effects is the order of the changes.
 */
function note(context: EngineContext, event: () => MasterEvent): void {
  if (context.isWatched) context.effects.push({ kind: "masterEvent", event: event() });
}

export function noteTaskAdded(context: EngineContext, framework: Framework, task: Task): void {
  note(context, () => ({
    type: "TASK_ADDED",
    task_added: { task: operatorTask(framework, task) },
  }));
}

/** @param status what was told of the task; undefined: only its state became known. */
export function noteTaskUpdated(
  context: EngineContext,
  task: Task,
  status: TaskStatus | undefined,
): void {
  note(context, () => ({
    type: "TASK_UPDATED",
    task_updated: {
      framework_id: { value: task.frameworkId },
      status: status ?? latestStatus(task) ?? { task_id: { value: task.id }, state: task.state },
      state: task.state,
    },
  }));
}

export function noteAgentAdded(context: EngineContext, agent: Agent): void {
  note(context, () => ({
    type: "AGENT_ADDED",
    agent_added: { agent: operatorAgent(context.state, agent) },
  }));
}

export function noteAgentRemoved(context: EngineContext, agent: Pick<Agent, "id">): void {
  note(context, () => ({
    type: "AGENT_REMOVED",
    agent_removed: { agent_id: { value: agent.id } },
  }));
}

export function noteFrameworkAdded(context: EngineContext, framework: Framework): void {
  note(context, () => ({
    type: "FRAMEWORK_ADDED",
    framework_added: { framework: operatorFramework(framework) },
  }));
}

export function noteFrameworkUpdated(context: EngineContext, framework: Framework): void {
  note(context, () => ({
    type: "FRAMEWORK_UPDATED",
    framework_updated: { framework: operatorFramework(framework) },
  }));
}

export function noteFrameworkRemoved(context: EngineContext, framework: Framework): void {
  note(context, () => ({
    type: "FRAMEWORK_REMOVED",
    framework_removed: { framework_info: framework.info },
  }));
}
