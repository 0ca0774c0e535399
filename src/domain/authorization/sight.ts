import type { FrameworkInfo } from "../../api/mesos/framework-info.ts";
import type { Executor, Framework, MasterState, Task } from "../mesos/master-state.ts";
import type { AclAction } from "./acl-actions.ts";
import type { Acls } from "./acls.ts";
import { judgedUser, userOfExecutor, userOfTask } from "../mesos/task-user.ts";
import { mayDo } from "./may-do.ts";

/** What somebody may see of the master: answers to reads leave out the rest. */
export interface Sight {
  /** Nothing is hidden: answers may be shared. */
  readonly isWhole: boolean;
  framework(info: FrameworkInfo): boolean;
  task(info: FrameworkInfo, task: Task): boolean;
  executor(info: FrameworkInfo, executor: Executor): boolean;
  role(name: string): boolean;
  quota(role: string): boolean;
  readonly flags: boolean;
  readonly maintenanceSchedule: boolean;
  readonly maintenanceStatus: boolean;
}

const yes = (): boolean => true;

export const WHOLE_SIGHT: Sight = {
  isWhole: true,
  framework: yes,
  task: yes,
  executor: yes,
  role: yes,
  quota: yes,
  flags: true,
  maintenanceSchedule: true,
  maintenanceStatus: true,
};

const SEEING: readonly AclAction[] = [
  "view_frameworks",
  "view_tasks",
  "view_executors",
  "view_roles",
  "get_quotas",
  "view_flags",
  "get_maintenance_schedules",
  "get_maintenance_statuses",
];

/** What the principal sees by the ACLs. */
export function sightOf(acls: Acls | undefined, principal: string | undefined): Sight {
  if (acls === undefined || isOpen(acls)) return WHOLE_SIGHT;
  const may = (action: AclAction, object?: string): boolean =>
    mayDo(acls, principal, action, object);
  return {
    isWhole: false,
    framework: (info) => may("view_frameworks", info.user),
    task: (info, task) => may("view_tasks", judgedUser(userOfTask(task.info, info))),
    executor: (info, executor) =>
      may("view_executors", judgedUser(userOfExecutor(executor.info, info))),
    role: (name) => may("view_roles", name),
    quota: (role) => may("get_quotas", role),
    flags: may("view_flags"),
    maintenanceSchedule: may("get_maintenance_schedules"),
    maintenanceStatus: may("get_maintenance_statuses"),
  };
}

/** No entry is about seeing, and what is not said is allowed. */
function isOpen({ permissive, entries }: Acls): boolean {
  return permissive && SEEING.every((action) => (entries[action] ?? []).length === 0);
}

/**
 * The tables with only the frameworks, tasks and executors that are seen. For listing: what agents have in use is counted
 * from the whole tables.
 */
export function visibleState(state: MasterState, sight: Sight): MasterState {
  if (sight.isWhole) return state;
  const { podsFramework } = state;
  return {
    ...state,
    frameworks: visibleValues(
      state.frameworks,
      ({ info }) => sight.framework(info),
      (framework) => visibleFramework(framework, sight),
    ),
    completed: visibleValues(
      state.completed,
      ({ framework }) => sight.framework(framework.info),
      ({ framework, unregisteredMs }) => ({
        framework: visibleFramework(framework, sight),
        unregisteredMs,
      }),
    ),
    podsFramework:
      podsFramework !== undefined && sight.framework(podsFramework.info)
        ? podsFramework
        : undefined,
  };
}

function visibleFramework(framework: Framework, sight: Sight): Framework {
  const { info } = framework;
  const sees = (task: Task): boolean => sight.task(info, task);
  return {
    ...framework,
    tasks: visibleValues(framework.tasks, sees),
    unreachableTasks: visibleValues(framework.unreachableTasks, sees),
    completedTasks: framework.completedTasks.filter(sees),
    executors: visibleValues(framework.executors, yes, (onAgent) =>
      visibleValues(onAgent, (executor) => sight.executor(info, executor)),
    ),
  };
}

function visibleValues<K, V>(
  all: ReadonlyMap<K, V>,
  isSeen: (value: V) => boolean,
  show: (value: V) => V = (value) => value,
): Map<K, V> {
  const seen = new Map<K, V>();
  for (const [key, value] of all) if (isSeen(value)) seen.set(key, show(value));
  return seen;
}
