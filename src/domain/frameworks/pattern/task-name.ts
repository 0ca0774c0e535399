/** What the id of a pattern's task says, so that a restarted framework needs nothing but its tasks' ids. */
export interface TaskName {
  readonly component: string;
  /** Place among the instances of the component. */
  readonly index: number;
  readonly cpuMillis: number;
  /** In the order of the component's ports. */
  readonly ports: readonly number[];
}

const TASK_ID =
  /^(?<component>[a-zA-Z0-9-]+?)-(?<index>\d+)\.c(?<cpus>\d+)(?:\.p(?<ports>\d+(?:-\d+)*))?\..+$/;

/** `node-2.c1500.p7000-7199.1f3a-4`; `unique` tells apart the tasks that had the same place one after the other. */
export function formatTaskId(name: TaskName, unique: string): string {
  const ports = name.ports.length === 0 ? "" : `.p${name.ports.join("-")}`;
  return `${name.component}-${name.index}.c${name.cpuMillis}${ports}.${unique}`;
}

/** Undefined for an id of another making. */
export function parseTaskId(id: string): TaskName | undefined {
  const groups = TASK_ID.exec(id)?.groups;
  if (groups === undefined) return undefined;
  return {
    component: groups["component"] ?? "",
    index: Number(groups["index"]),
    cpuMillis: Number(groups["cpus"]),
    ports: groups["ports"]?.split("-").map(Number) ?? [],
  };
}
