import type { KubePod } from "../../../domain/agent/kube-pod.ts";
import { objectKey } from "../../../runtime/kube/kube-object.ts";
import type { Clock } from "../../../runtime/ports/clock.ts";
import type { Logger } from "../../../runtime/ports/logger.ts";
import type { Random } from "../../../runtime/ports/random.ts";
import type { AgentMetrics } from "../metrics.ts";
import type { NodePods } from "./pods-by-node.ts";
import { taskPodRef } from "./task-pod-ref.ts";
import type { TaskPodWrites } from "./task-pod-writes.ts";
import { untilDone } from "../until-done.ts";

export interface TaskPodDisposalParts {
  readonly writes: TaskPodWrites;
  readonly pods: NodePods;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: AgentMetrics;
  readonly namespace: string;
  /** An ended Pod is deleted this long after its outcome is safe. */
  readonly podRetentionMs: number;
}

/** Takes task Pods away that are done with: those whose outcome is safe, after a while, and those that no record explains. */
export class TaskPodDisposal {
  readonly #parts: TaskPodDisposalParts;
  /** Container ids of runs whose outcome is safe, until their Pods are gone. */
  readonly #expected = new Set<string>();
  /** UIDs of Pods that no record explains and that are being deleted. */
  readonly #unknown = new Set<string>();

  constructor(parts: TaskPodDisposalParts) {
    this.#parts = parts;
  }

  /** The run's Pod will go, or has gone. */
  expect(containerId: string): void {
    this.#expected.add(containerId);
  }

  isExpected(containerId: string): boolean {
    return this.#expected.has(containerId);
  }

  noteGone(containerId: string): void {
    this.#expected.delete(containerId);
  }

  /** Counted from now, or from the end that `pod` shows. */
  deleteLater(containerId: string, pod?: KubePod): void {
    const { clock, namespace, podRetentionMs, writes } = this.#parts;
    const afterMs =
      pod === undefined ? podRetentionMs : retentionLeftMs(pod, podRetentionMs, clock.nowMs());
    clock.after(afterMs, () => {
      void untilDone(this.#parts, containerId, async () => {
        if (this.isExpected(containerId)) await writes.delete(taskPodRef(namespace, containerId));
      });
    });
  }

  /** Ends a Pod that no record explains. */
  dismiss(containerId: string, pod: KubePod): void {
    const { metrics, logger, namespace, pods, writes } = this.#parts;
    const { name, uid = "" } = pod.metadata;
    if (this.#unknown.has(uid)) return;
    this.#unknown.add(uid);
    metrics.unknownContainers.add();
    logger.warn("deleting a task Pod that no record explains", { name });
    void untilDone(this.#parts, containerId, async () => {
      if (pods.get(objectKey(namespace, name))?.metadata.uid !== pod.metadata.uid) return;
      await writes.dismiss(taskPodRef(namespace, containerId), pod);
    }).then(() => this.#unknown.delete(uid));
  }
}

function retentionLeftMs(pod: KubePod, retentionMs: number, nowMs: number): number {
  const ends = (pod.status?.containerStatuses ?? []).map(({ state }) =>
    Date.parse(state?.terminated?.finishedAt ?? ""),
  );
  const endedAtMs = Math.max(0, ...ends.filter((at) => !Number.isNaN(at)));
  return Math.max(0, endedAtMs + retentionMs - nowMs);
}
