/** Keeps a task's Pod until its last update is acknowledged; the agent removes it. */
export const TASK_FINALIZER = "orchestrator.io/task-status";
export const POOL_LABEL = "orchestrator.io/pool";
/** Selects the Pods of tasks. */
export const TASK_PODS = "orchestrator.io/kind=task";

/** A task's Pod as far as letting it go needs it. */
export interface TaskPod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** MesosCluster of its namespace. */
  readonly pool: string;
  readonly node: string;
  readonly finalizers: readonly string[];
}

/** What is still there. */
export interface TaskWorld {
  /** `namespace/name` of the MesosClusters that are not being deleted. */
  readonly clusters: ReadonlySet<string>;
  readonly nodes: ReadonlySet<string>;
}

/**
 * Pods of tasks whose finalizer nobody else will remove: their cluster is gone or going (no framework will ask again), or their
 * node is (no agent will run there again).
 */
export function tasksToRelease(pods: readonly TaskPod[], world: TaskWorld): TaskPod[] {
  return pods.filter(
    ({ namespace, pool, node, finalizers }) =>
      finalizers.includes(TASK_FINALIZER) &&
      (!world.clusters.has(`${namespace}/${pool}`) || (node !== "" && !world.nodes.has(node))),
  );
}
