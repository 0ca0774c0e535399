import { asId, type AgentId, type FrameworkId } from "../../../api/ids/ids.ts";
import type { MasterEvent } from "../../../api/mesos/operator-event.ts";
import { type Sight, sightOf, WHOLE_SIGHT } from "../../../domain/authorization/sight.ts";
import type { Framework, MasterState, Task } from "../../../domain/mesos/master-state.ts";
import { getState, operatorAgent } from "../../../domain/mesos/views/operator-reads.ts";
import type { EngineHost } from "../serve/engine-host.ts";

type Shown = (event: MasterEvent) => MasterEvent | undefined;

/** What a principal may see of each event, by the ACLs that hold when it happens; undefined: nothing. */
export function eventsShownTo(host: EngineHost, principal: string | undefined): Shown {
  let acls = host.engine.config.acls;
  let sight = sightOf(acls, principal);
  return (event) => {
    if (host.engine.config.acls !== acls) {
      acls = host.engine.config.acls;
      sight = sightOf(acls, principal);
    }
    return sight === WHOLE_SIGHT ? event : shownEvent(event, host.engine.state, sight);
  };
}

function shownEvent(event: MasterEvent, state: MasterState, sight: Sight): MasterEvent | undefined {
  const info =
    event.framework_added?.framework.framework_info ??
    event.framework_updated?.framework.framework_info ??
    event.framework_removed?.framework_info;
  if (info !== undefined) return sight.framework(info) ? event : undefined;
  if (event.subscribed !== undefined) {
    const subscribed = { ...event.subscribed, get_state: getState(state, sight) };
    return { ...event, subscribed };
  }
  if (event.agent_added !== undefined) {
    const { agent } = event.agent_added;
    const known = state.agents.get(asId<AgentId>(agent.agent_info.id?.value ?? ""));
    return known === undefined
      ? undefined
      : { ...event, agent_added: { agent: operatorAgent(state, known, sight) } };
  }
  const added = event.task_added?.task;
  const updated = event.task_updated;
  const frameworkId = (added ?? updated)?.framework_id.value;
  if (frameworkId === undefined) return event;
  const taskId = added?.task_id.value ?? updated?.status.task_id.value ?? "";
  return isTaskSeen(state, sight, frameworkId, taskId) ? event : undefined;
}

function isTaskSeen(state: MasterState, sight: Sight, id: string, taskId: string): boolean {
  const frameworkId = asId<FrameworkId>(id);
  const framework =
    state.frameworks.get(frameworkId) ?? state.completed.get(frameworkId)?.framework;
  const task = framework === undefined ? undefined : taskOf(framework, taskId);
  if (framework === undefined || task === undefined) return false;
  return sight.framework(framework.info) && sight.task(framework.info, task);
}

function taskOf(framework: Framework, taskId: string): Task | undefined {
  const id = asId<Task["id"]>(taskId);
  return (
    framework.tasks.get(id) ??
    framework.unreachableTasks.get(id) ??
    framework.completedTasks.findLast((task) => task.id === id)
  );
}
