import type { ExecutorInfo } from "../../../api/mesos/executor-info.ts";
import type { Offer, OfferOperation } from "../../../api/mesos/offer.ts";
import type { Resource } from "../../../api/mesos/resource.ts";
import type { TaskInfo } from "../../../api/mesos/task.ts";
import { readResources, writeResources } from "../../mesos/wire-resources.ts";
import { resourcesOf } from "../../resources/parse-resources.ts";
import { subtractResources } from "../../resources/arithmetic.ts";
import type { Resources } from "../../resources/resource.ts";
import { takeResources } from "../take-resources.ts";

/** A task that has no agent yet. */
export type UnplacedTask = Omit<TaskInfo, "agent_id">;

/** What is to be executed: one task, or several that live and die together. */
export type ExecuteWork =
  | { readonly kind: "task"; readonly task: UnplacedTask }
  | { readonly kind: "group"; readonly tasks: readonly UnplacedTask[] };

export interface ExecuteSpec {
  readonly work: ExecuteWork;
  /** From the first TASK_RUNNING on; undefined = never. */
  readonly killAfterMs?: number;
}

/** Tasks of the work, in order. */
export function tasksOfWork(work: ExecuteWork): readonly UnplacedTask[] {
  return work.kind === "task" ? [work.task] : work.tasks;
}

/** The operation that launches the work on the agent of the offer, or undefined when the offer is too small. */
export function launchOperation(work: ExecuteWork, offer: Offer): OfferOperation | undefined {
  const offered = readResources(offer.resources ?? []);
  if (!offered.ok) return undefined;
  const room = new Room(offered.resources);
  if (work.kind === "task") {
    const task = placeTask(work.task, offer, room);
    return task && { type: "LAUNCH", launch: { task_infos: [task] } };
  }
  const own = room.take(writeResources(GROUP_EXECUTOR_RESOURCES, { refined: true }));
  if (own === undefined) return undefined;
  const tasks: TaskInfo[] = [];
  for (const unplaced of work.tasks) {
    const task = placeTask(unplaced, offer, room);
    if (task === undefined) return undefined;
    tasks.push(task);
  }
  return {
    type: "LAUNCH_GROUP",
    launch_group: { executor: groupExecutor(own), task_group: { tasks } },
  };
}

function groupExecutor(resources: readonly Resource[]): ExecutorInfo {
  return { type: "DEFAULT", executor_id: { value: "default-executor" }, resources };
}

/** The executor's own resources, when the task brings one, are taken too. */
function placeTask(task: UnplacedTask, offer: Offer, room: Room): TaskInfo | undefined {
  const resources = room.take(task.resources ?? []);
  const own = room.take(task.executor?.resources ?? []);
  if (resources === undefined || own === undefined) return undefined;
  return {
    ...task,
    agent_id: offer.agent_id,
    resources,
    ...(task.executor === undefined ? {} : { executor: { ...task.executor, resources: own } }),
  };
}

/** What is left of an offer while it is dealt out. */
class Room {
  #left: Resources;

  constructor(offered: Resources) {
    this.#left = offered;
  }

  /** The wire form of what stands for the wanted resources; undefined when they are not there or not well formed. */
  take(wanted: readonly Resource[]): Resource[] | undefined {
    const read = readResources(wanted);
    if (!read.ok) return undefined;
    const taken = takeResources(this.#left, read.resources);
    if (taken === undefined) return undefined;
    this.#left = subtractResources(this.#left, taken);
    return writeResources(taken, { refined: true });
  }
}

/** What Mesos' own command gives the executor of a group. */
const GROUP_EXECUTOR_RESOURCES = resourcesOf("cpus:0.1;mem:32;disk:32");
