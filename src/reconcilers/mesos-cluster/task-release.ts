import { isOperatingError } from "../../api/errors/operating-error.ts";
import {
  POOL_LABEL,
  TASK_FINALIZER,
  TASK_PODS,
  tasksToRelease,
  type TaskPod,
} from "../../domain/operator/task-release.ts";
import { KINDS } from "../../runtime/kube/core-kinds.ts";
import { keyOf } from "../../runtime/kube/kube-object.ts";
import { FencedWriter } from "../../runtime/leader/fenced-writer.ts";
import type { Term } from "../../runtime/leader/term.ts";
import type { Activity } from "../../runtime/manager/manager.ts";
import { sleep, type Clock } from "../../runtime/ports/clock.ts";
import type { KubeReader, KubeWriter } from "../../runtime/ports/kube-transport.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import type { PodObject } from "./kube-objects.ts";
import type { ClusterCaches } from "./ports.ts";

/** Between looks, while there may be more to let go: Pods end one after the other. */
const LOOK_EVERY_MS = 5_000;
/** Looks after a reason to look, without finding anything, until it rests. */
const QUIET_LOOKS_MAX = 6;
const PAGE = 500;

export interface TaskReleaseParts {
  readonly caches: Pick<ClusterCaches, "clusters" | "nodes">;
  readonly kube: KubeReader & KubeWriter;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Lets the Pods of tasks go whose cluster or node is gone: without it they, and their namespace, would never end. Task Pods are
 * watched by nobody here; they are listed after a cluster or node went, and once at the beginning of a term.
 */
export class TaskRelease implements Activity {
  readonly name = "task-release";
  readonly #parts: TaskReleaseParts;
  #looksLeft = QUIET_LOOKS_MAX;
  #wake: () => void = () => undefined;

  constructor(parts: TaskReleaseParts) {
    this.#parts = parts;
    const { clusters, nodes } = parts.caches;
    clusters.onChange(({ kind, object }) => {
      if (kind === "deleted" || object.metadata.deletionTimestamp !== undefined) this.#look();
    });
    nodes.onChange(({ kind }) => {
      if (kind === "deleted") this.#look();
    });
  }

  async run(term: Term, signal: AbortSignal): Promise<void> {
    const ended = AbortSignal.any([signal, term.signal]);
    const writer = new FencedWriter(this.#parts.kube, term);
    while (!ended.aborted) {
      if (this.#looksLeft <= 0) {
        await this.#rest(ended);
        continue;
      }
      this.#looksLeft -= 1;
      if (await this.#release(writer, ended)) this.#looksLeft = QUIET_LOOKS_MAX;
      await sleep(this.#parts.clock, LOOK_EVERY_MS, ended).catch(() => undefined);
    }
  }

  #look(): void {
    this.#looksLeft = QUIET_LOOKS_MAX;
    this.#wake();
  }

  #rest(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      signal.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  /** @returns true when a Pod was let go, or the look failed and is to be repeated. */
  async #release(writer: KubeWriter, signal: AbortSignal): Promise<boolean> {
    const { logger } = this.#parts;
    try {
      const due = tasksToRelease(await this.#taskPods(signal), this.#world());
      for (const pod of due) await letGo(writer, pod, signal);
      if (due.length > 0) {
        logger.info("Task Pods without cluster or node were let go.", { count: due.length });
      }
      return due.length > 0;
    } catch (error) {
      if (signal.aborted) return false;
      if (!isOperatingError(error)) throw error;
      logger.warn("Task Pods could not be let go; trying again.", { error });
      return true;
    }
  }

  #world() {
    const { clusters, nodes } = this.#parts.caches;
    const living = [...clusters.list()].filter(
      ({ metadata }) => metadata.deletionTimestamp === undefined,
    );
    return {
      clusters: new Set(living.map(keyOf)),
      nodes: new Set([...nodes.list()].map(({ metadata }) => metadata.name)),
    };
  }

  async #taskPods(signal: AbortSignal): Promise<TaskPod[]> {
    const found: TaskPod[] = [];
    let next: string | undefined;
    do {
      const page = await this.#parts.kube.list<PodObject>(
        { kind: KINDS.Pod, labelSelector: TASK_PODS },
        { signal, limit: PAGE, ...(next === undefined ? {} : { continue: next }) },
      );
      found.push(...page.items.map(asTaskPod));
      next = page.continue;
    } while (next !== undefined && next !== "");
    return found;
  }
}

function asTaskPod({ metadata, spec }: PodObject): TaskPod {
  return {
    namespace: metadata.namespace ?? "",
    name: metadata.name,
    uid: metadata.uid ?? "",
    resourceVersion: metadata.resourceVersion ?? "",
    pool: metadata.labels?.[POOL_LABEL] ?? "",
    node: spec?.nodeName ?? "",
    finalizers: metadata.finalizers ?? [],
  };
}

/** Removes the finalizer from that very state of that very Pod; one that changed meanwhile is met at the next look. */
async function letGo(writer: KubeWriter, pod: TaskPod, signal: AbortSignal): Promise<void> {
  const { namespace, name, uid, resourceVersion } = pod;
  const finalizers = pod.finalizers.filter((finalizer) => finalizer !== TASK_FINALIZER);
  try {
    await writer.patch(
      { kind: KINDS.Pod, namespace, name },
      { type: "merge", patch: { metadata: { uid, resourceVersion, finalizers } } },
      { signal },
    );
  } catch (error) {
    const isLate =
      isOperatingError(error, "KUBE_CONFLICT") || isOperatingError(error, "KUBE_NOT_FOUND");
    if (!isLate) throw error;
  }
}
