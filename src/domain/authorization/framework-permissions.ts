import type { ExecutorInfo } from "../../api/mesos/executor-info.ts";
import type { FrameworkInfo } from "../../api/mesos/framework-info.ts";
import type { OfferOperation } from "../../api/mesos/offer.ts";
import type { TaskInfo } from "../../api/mesos/task.ts";
import { rolesOf } from "../mesos/framework-capability.ts";
import { usersOfTask } from "../mesos/task-user.ts";
import type { Acls } from "./acls.ts";
import { firstLacking, mayDo } from "./may-do.ts";
import { lackingText, permissionsOfOperation } from "./resource-permissions.ts";

/**
 * Why a framework may not be registered (or changed to this), or undefined when it may: it needs every role it asks for.
 * @see mesos@1.11 src/master/authorization.cpp `frameworkRegistration`
 */
export function registrationFault(acls: Acls | undefined, info: FrameworkInfo): string | undefined {
  if (acls === undefined) return undefined;
  const roles = rolesOf(info);
  const mayAll = roles.every((role) => mayDo(acls, info.principal, "register_frameworks", role));
  if (mayAll && (roles.length > 0 || acls.permissive)) return undefined;
  const id = info.id?.value ?? "";
  return `Not authorized to register framework ${id} with roles { ${roles.join(", ")} }`;
}

/**
 * Why a task may not be launched, or undefined when it may.
 * @param groupExecutor of a task group: it runs as somebody too.
 */
export function launchFault(
  acls: Acls | undefined,
  info: FrameworkInfo,
  task: TaskInfo,
  groupExecutor?: ExecutorInfo,
): string | undefined {
  if (acls === undefined) return undefined;
  const users = usersOfTask(task, info, groupExecutor);
  return users.every((user) => mayDo(acls, info.principal, "run_tasks", user))
    ? undefined
    : `Not authorized to launch task ${task.task_id.value} of framework ${info.id?.value ?? ""}`;
}

/** Why an operation on offered resources may not be done, or undefined when it may; launches are asked per task. */
export function operationFault(
  acls: Acls | undefined,
  principal: string | undefined,
  operation: OfferOperation,
): string | undefined {
  if (acls === undefined) return undefined;
  const lacking = firstLacking(acls, principal, permissionsOfOperation(operation));
  return lacking === undefined ? undefined : lackingText(lacking);
}
