import type { FrameworkInfo } from "../../api/mesos/framework-info.ts";
import type { Offer } from "../../api/mesos/offer.ts";
import type { SchedulerCall } from "../../api/mesos/scheduler-call.ts";
import type { TaskStatus } from "../../api/mesos/task-status.ts";

/** A task as RECONCILE asks about it. */
export interface AskedTask {
  readonly taskId: string;
  readonly agentId?: string;
}

/** SUBSCRIBE: a new framework, or the one of that id again. */
export function subscribeCall(info: FrameworkInfo, frameworkId: string | undefined): SchedulerCall {
  if (frameworkId === undefined) return { type: "SUBSCRIBE", subscribe: { framework_info: info } };
  const id = { value: frameworkId };
  return { type: "SUBSCRIBE", framework_id: id, subscribe: { framework_info: { ...info, id } } };
}

/** ACKNOWLEDGE where the update asks for one: updates without uuid come from the master and must not be acknowledged. */
export function acknowledgeCalls({ uuid, agent_id, task_id }: TaskStatus): SchedulerCall[] {
  if (uuid === undefined || agent_id === undefined) return [];
  return [{ type: "ACKNOWLEDGE", acknowledge: { agent_id, task_id, uuid } }];
}

/** DECLINE of all offers in one call; none when there are no offers. */
export function declineCalls(offers: readonly Offer[], refuseSeconds?: number): SchedulerCall[] {
  if (offers.length === 0) return [];
  const offerIds = offers.map(({ id }) => id);
  const filters = refuseSeconds === undefined ? {} : { filters: { refuse_seconds: refuseSeconds } };
  return [{ type: "DECLINE", decline: { offer_ids: offerIds, ...filters } }];
}

/** RECONCILE: the states of these tasks; no tasks = of all that the master knows. */
export function reconcileCall(tasks: readonly AskedTask[]): SchedulerCall {
  const asked = tasks.map(({ taskId, agentId }) => ({
    task_id: { value: taskId },
    ...(agentId === undefined ? {} : { agent_id: { value: agentId } }),
  }));
  return { type: "RECONCILE", reconcile: { tasks: asked } };
}

export function killCall(taskId: string, agentId: string | undefined): SchedulerCall {
  const agent = agentId === undefined ? {} : { agent_id: { value: agentId } };
  return { type: "KILL", kill: { task_id: { value: taskId }, ...agent } };
}
