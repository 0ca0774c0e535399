import type { ExecutorInfo } from "../../api/mesos/executor-info.ts";
import type { FrameworkInfo } from "../../api/mesos/framework-info.ts";
import type { TaskInfo } from "../../api/mesos/task.ts";

/** A user as it is judged: without group, and root by its name however it is spelled (`0`, `00`, `0:0`). */
export function judgedUser(user: string): string {
  const [name = ""] = user.split(":", 1);
  return /^0+$/.test(name) ? "root" : name;
}

/** Whom a task runs as: what its command says, else its executor's, else the framework's user. An empty name says nothing. */
export function userOfTask(task: TaskInfo, info: Pick<FrameworkInfo, "user">): string {
  return firstNamed(task.command?.user, task.executor?.command?.user, info.user);
}

export function userOfExecutor(executor: ExecutorInfo, info: Pick<FrameworkInfo, "user">): string {
  return firstNamed(executor.command?.user, info.user);
}

/** All users that a task may come to run as, judged: a container may name one of its own. */
export function usersOfTask(
  task: TaskInfo,
  info: Pick<FrameworkInfo, "user">,
  groupExecutor?: ExecutorInfo,
): readonly string[] {
  const parameters = [task, task.executor].flatMap((it) => it?.container?.docker?.parameters ?? []);
  const users = [
    userOfTask(task, info),
    ...(groupExecutor === undefined ? [] : [userOfExecutor(groupExecutor, info)]),
    ...parameters.filter(({ key }) => key === "user").map(({ value }) => value),
  ];
  return [...new Set(users.map(judgedUser))];
}

function firstNamed(...names: readonly (string | undefined)[]): string {
  return names.find((name) => name !== undefined && name !== "") ?? "";
}
