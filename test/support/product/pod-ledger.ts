import { Informers } from "../../../src/runtime/informer/informers.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { RealKube } from "../kubernetes/real-kube.ts";
import { holdsResources, type PodObject } from "./kube-shapes.ts";

const FRAMEWORK_ID = "orchestrator.io/framework-id";
const TASK_IDS = "orchestrator.io/task-ids";
const ROLE = "orchestrator.io/role";

/** Called with all Pods that there are, after each change. */
export type PodWatcher = (pods: readonly PodObject[]) => void;

/** Every Pod of a namespace, those that are there and those that were: what really ran, whatever anybody claims. */
export class PodLedger {
  readonly #live = new Map<string, PodObject>();
  /** Uids of the Pods of a task, by framework id and task id. */
  readonly #podsOfTask = new Map<string, Set<string>>();
  readonly #watchers = new Set<PodWatcher>();

  private constructor() {}

  /** Follows the Pods until `signal` aborts; complete when it resolves. */
  static async follow(kube: RealKube, namespace: string, signal: AbortSignal): Promise<PodLedger> {
    const { transport: reader, clock, random, logger, meter } = kube;
    const informers = new Informers({ reader, clock, random, logger, meter });
    const ledger = new PodLedger();
    informers.of<PodObject>({ kind: KINDS.Pod, namespace }).onChange((change) => {
      if (change.kind === "deleted") ledger.#live.delete(change.object.metadata.name);
      else ledger.#note(change.object);
      for (const watcher of ledger.#watchers) watcher(ledger.pods());
    });
    await informers.start(signal);
    return ledger;
  }

  /** The Pods that there are now. */
  pods(): PodObject[] {
    return [...this.#live.values()];
  }

  /** Pods of one MarathonApp. */
  ofApp(app: string): PodObject[] {
    return this.pods().filter(
      ({ metadata }) => metadata.labels?.["marathon.orchestrator.io/app"] === app,
    );
  }

  /** Pods that stand for tasks of a framework. */
  ofFramework(frameworkId: string): PodObject[] {
    return this.pods().filter(
      ({ metadata }) => metadata.annotations?.[FRAMEWORK_ID] === frameworkId,
    );
  }

  /** Placed Pods that the role is charged for, those of apps and those of tasks alike. */
  chargedTo(role: string): PodObject[] {
    return this.pods().filter(
      (pod) => pod.metadata.annotations?.[ROLE] === role && holdsResources(pod),
    );
  }

  /** How many Pods there have been for a task. */
  countOfTask(frameworkId: string, taskId: string): number {
    return this.#podsOfTask.get(taskKey(frameworkId, taskId))?.size ?? 0;
  }

  /** Calls `watcher` after every change until the returned function is called. */
  onChange(watcher: PodWatcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #note(pod: PodObject): void {
    const { name, uid = "", annotations = {} } = pod.metadata;
    this.#live.set(name, pod);
    const frameworkId = annotations[FRAMEWORK_ID];
    if (frameworkId === undefined) return;
    for (const taskId of JSON.parse(annotations[TASK_IDS] ?? "[]") as string[]) {
      const key = taskKey(frameworkId, taskId);
      this.#podsOfTask.set(key, (this.#podsOfTask.get(key) ?? new Set()).add(uid));
    }
  }
}

function taskKey(frameworkId: string, taskId: string): string {
  return `${frameworkId}/${taskId}`;
}
