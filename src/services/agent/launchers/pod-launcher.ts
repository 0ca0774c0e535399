import { KIND_LABEL, POOL_LABEL } from "../../../domain/agent/inventory.ts";
import { isPodLive, type KubePod } from "../../../domain/agent/kube-pod.ts";
import { readGonePod } from "../../../domain/agent/pod/gone-pod.ts";
import { killOrderOf } from "../../../domain/agent/pod/kill-note.ts";
import { type PodContext, type PodPatience, readPod } from "../../../domain/agent/pod/pod-seen.ts";
import {
  podNameOf,
  TASK_INFO_ANNOTATION,
  TASK_STATUS_FINALIZER,
} from "../../../domain/agent/pod/pod-shell.ts";
import type { RunRecord, StopOrder } from "../../../domain/agent/run.ts";
import type { KubeRef } from "../../../runtime/kube/kube-kind.ts";
import { objectKey } from "../../../runtime/kube/kube-object.ts";
import type { Clock } from "../../../runtime/ports/clock.ts";
import type { KubeTransport } from "../../../runtime/ports/kube-transport.ts";
import type { Logger } from "../../../runtime/ports/logger.ts";
import type { Random } from "../../../runtime/ports/random.ts";
import type { AgentMetrics } from "../metrics.ts";
import type {
  LaunchAnswer,
  Launcher,
  LaunchOptions,
  RecordedRun,
  RecoveredRun,
  RunSeen,
} from "../ports.ts";
import type { NodePods } from "./pods-by-node.ts";
import { RoomRetries } from "./room-retries.ts";
import { unpackRunRecord } from "./run-record-codec.ts";
import { TaskPodDisposal } from "./task-pod-disposal.ts";
import { TaskPodMaker, type TaskPodMakerOptions } from "./task-pod-maker.ts";
import { taskPodRef } from "./task-pod-ref.ts";
import { TaskPodWrites } from "./task-pod-writes.ts";
import { untilDone } from "../until-done.ts";

export interface PodLauncherOptions extends TaskPodMakerOptions {
  /** An ended Pod is deleted this long after its outcome is safe. */
  readonly podRetentionMs: number;
  readonly patience: PodPatience;
}

export interface PodLauncherParts {
  readonly kube: KubeTransport;
  /** All Pods of the node; synced before `recover`. */
  readonly pods: NodePods;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: AgentMetrics;
  readonly options: PodLauncherOptions;
}

const CALL_TIMEOUT_MS = 30_000;

/** What was seen of a run's Pod. */
interface Followed {
  pullFailures: number;
  /** So that one failure counts once, however often it is shown. */
  isPullFailing: boolean;
  /** It will not start, and is being taken away. */
  isGivenUp: boolean;
  /** Its last state, once it is no more. */
  last: KubePod | undefined;
}

/** Runs launches as Pods of this node. Pods are the record: identity, TaskInfo and outcome stand in them, no disk is used. */
export class PodLauncher implements Launcher {
  readonly kind = "pod";
  readonly #parts: PodLauncherParts;
  readonly #writes: TaskPodWrites;
  /** By container id, from the launch until the outcome is safe. */
  readonly #followed = new Map<string, Followed>();
  readonly #maker: TaskPodMaker;
  readonly #disposal: TaskPodDisposal;
  /** Launches that found no room on the node and are made anew. */
  readonly #retries: RoomRetries;
  #isRecovered = false;
  #changed: (containerId: string) => void = () => undefined;

  constructor(parts: PodLauncherParts) {
    this.#parts = parts;
    this.#writes = new TaskPodWrites(parts);
    this.#maker = new TaskPodMaker(parts.kube, parts.options);
    this.#disposal = new TaskPodDisposal({ ...parts, ...parts.options, writes: this.#writes });
    this.#retries = new RoomRetries({
      ...parts,
      writes: this.#writes,
      callTimeoutMs: CALL_TIMEOUT_MS,
      gaveUp: (containerId, last) => this.#noteLast(containerId, last),
    });
    parts.pods.onChange((change) => {
      const containerId = this.#containerOf(change.object);
      if (containerId === undefined) return;
      if (change.kind === "deleted") this.#noteGone(containerId, change.object);
      else if (this.#isStray(containerId, change.object))
        this.#disposal.dismiss(containerId, change.object);
      else this.#countPulls(containerId, change.object);
      this.#changed(containerId);
    });
  }

  onChange(changed: (containerId: string) => void): void {
    this.#changed = changed;
  }

  async launch(record: RunRecord, options: LaunchOptions): Promise<LaunchAnswer> {
    this.#follow(record);
    const answer = await this.#maker.make(record, options);
    if (answer.kind === "refused") this.#followed.delete(record.containerId);
    return answer;
  }

  look(record: RunRecord): RunSeen {
    const pod = this.#podOf(record);
    const { clock } = this.#parts;
    if (pod === undefined) return this.#lookAtGone(record);
    if (this.#retries.takes(record, pod, this.#ref(record))) return { tasks: new Map() };
    const pullFailures = this.#followed.get(record.containerId)?.pullFailures ?? 0;
    const seen = readPod(pod, record, this.#context(pullFailures));
    if (seen.hopeless) this.#giveUp(record);
    if (seen.lookAgainAtMs !== undefined) {
      const delayMs = seen.lookAgainAtMs - clock.nowMs() + 1;
      clock.after(delayMs, () => this.#changed(record.containerId));
    }
    return { tasks: seen.tasks };
  }

  async stop(record: RunRecord, orders: readonly StopOrder[]): Promise<void> {
    await this.#retries.callOff(record.containerId);
    const kill = orders.map((order) => order.kill).reduce((a, b) => (b.dueMs > a.dueMs ? b : a));
    await this.#writes.stop(this.#ref(record), kill);
  }

  async release(record: RunRecord): Promise<void> {
    const { containerId } = record;
    await this.#retries.callOff(containerId);
    this.#disposal.expect(containerId);
    const isLeft = await this.#writes.release(this.#ref(record));
    this.#followed.delete(containerId);
    this.#retries.forget(containerId);
    if (isLeft) this.#disposal.deleteLater(containerId);
    else this.#disposal.noteGone(containerId);
  }

  recover(_recorded: readonly RecordedRun[]): Promise<readonly RecoveredRun[]> {
    const recovered: RecoveredRun[] = [];
    for (const pod of this.#parts.pods.list()) {
      const containerId = this.#containerOf(pod);
      if (containerId === undefined) continue;
      const isSafe = pod.metadata.finalizers?.includes(TASK_STATUS_FINALIZER) !== true;
      if (isSafe && !isPodLive(pod)) {
        this.#disposal.expect(containerId);
        this.#disposal.deleteLater(containerId, pod);
        continue;
      }
      const record = unpackRunRecord(pod.metadata.annotations?.[TASK_INFO_ANNOTATION] ?? "");
      if (record === undefined || record.containerId !== containerId) {
        this.#disposal.dismiss(containerId, pod);
        continue;
      }
      this.#follow(record);
      this.#countPulls(containerId, pod);
      const kill = killOrderOf(pod);
      recovered.push({ record, kind: "made", ...(kill === undefined ? {} : { kill }) });
    }
    this.#isRecovered = true;
    return Promise.resolve(recovered);
  }

  #noteGone(containerId: string, last: KubePod): void {
    this.#disposal.noteGone(containerId);
    if (this.#retries.isReplacing(containerId, last)) return;
    this.#setLast(containerId, last);
  }

  /** No further Pod will be made for a launch that found no room. */
  #noteLast(containerId: string, last: KubePod): void {
    this.#setLast(containerId, last);
    this.#changed(containerId);
  }

  #setLast(containerId: string, last: KubePod): void {
    const followed = this.#followed.get(containerId);
    if (followed !== undefined) followed.last = last;
  }

  /** A launch that is tried again is followed already. */
  #follow({ containerId }: RunRecord): void {
    if (this.#followed.has(containerId)) return;
    const nothingYet = { pullFailures: 0, isPullFailing: false, isGivenUp: false };
    this.#followed.set(containerId, { ...nothingYet, last: undefined });
  }

  /** Made by a former life whose request came through after we had looked: nobody was told of it. */
  #isStray(containerId: string, pod: KubePod): boolean {
    return (
      this.#isRecovered &&
      !this.#followed.has(containerId) &&
      !this.#disposal.isExpected(containerId) &&
      pod.metadata.deletionTimestamp === undefined
    );
  }

  #lookAtGone(record: RunRecord): RunSeen {
    const last = this.#followed.get(record.containerId)?.last;
    if (last === undefined) return { tasks: new Map() };
    return { tasks: readGonePod(last, record, this.#context(0)) };
  }

  /** A Pod that will not start is taken away before it does so after all; should this fail, releasing it does so. */
  #giveUp(record: RunRecord): void {
    const { containerId } = record;
    const followed = this.#followed.get(containerId);
    if (followed === undefined || followed.isGivenUp) return;
    followed.isGivenUp = true;
    void untilDone(this.#parts, containerId, async () => {
      if (!this.#followed.has(containerId)) return;
      await this.#writes.delete(this.#ref(record), 1);
    });
  }

  #countPulls(containerId: string, pod: KubePod): void {
    const followed = this.#followed.get(containerId);
    if (followed === undefined) return;
    const isFailing = (pod.status?.containerStatuses ?? []).some(
      (status) => status.state?.waiting?.reason === "ErrImagePull",
    );
    if (isFailing && !followed.isPullFailing) followed.pullFailures += 1;
    followed.isPullFailing = isFailing;
  }

  /** The container id of a task Pod of this agent; undefined for any other Pod. */
  #containerOf(pod: KubePod): string | undefined {
    const { namespace, nodeName, pool } = this.#parts.options;
    const { labels, name } = pod.metadata;
    const isOurs =
      labels?.[KIND_LABEL] === "task" &&
      labels[POOL_LABEL] === pool &&
      pod.metadata.namespace === namespace &&
      pod.spec.nodeName === nodeName &&
      name.startsWith("mt-");
    return isOurs ? name.slice("mt-".length) : undefined;
  }

  #podOf({ containerId }: RunRecord): KubePod | undefined {
    return this.#parts.pods.get(objectKey(this.#parts.options.namespace, podNameOf(containerId)));
  }

  #ref({ containerId }: RunRecord): KubeRef {
    return taskPodRef(this.#parts.options.namespace, containerId);
  }

  #context(pullFailures: number): PodContext {
    const { clock, options } = this.#parts;
    return { nowMs: clock.nowMs(), patience: options.patience, pullFailures };
  }
}
