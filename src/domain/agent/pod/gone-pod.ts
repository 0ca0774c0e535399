import type { KubePod } from "../kube-pod.ts";
import type { RunRecord, TaskSeen } from "../run.ts";
import type { TaskEnd } from "../task-state.ts";
import { taskContainerName } from "./build-task-pod.ts";
import { type PodContext, readPod } from "./pod-seen.ts";

/** What is told of each task of a run whose Pod is no more: the end that its last state shows, else that it is unknown. */
export function readGonePod(
  last: KubePod,
  record: RunRecord,
  context: PodContext,
): ReadonlyMap<string, TaskSeen> {
  const seen = readPod(last, record, context);
  return new Map(
    record.tasks.map(({ task_id: { value } }, index): [string, TaskSeen] => {
      const known = seen.tasks.get(value);
      const end =
        known?.kind === "ended" ? known.end : unknownEnd(taskContainerName(record, index));
      return [value, { kind: "ended", end }];
    }),
  );
}

function unknownEnd(container: string): TaskEnd {
  return {
    kind: "verdict",
    state: "TASK_FAILED",
    reason: "REASON_EXECUTOR_TERMINATED",
    message: `Abnormal executor termination: unknown container ${container}`,
  };
}
