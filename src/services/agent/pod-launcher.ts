import { createHash } from "node:crypto";
import { isOperatingError } from "../../api/errors/operating-error.ts";
import { KIND_LABEL, POOL_LABEL } from "../../domain/agent/inventory.ts";
import { isPodLive, type KubePod } from "../../domain/agent/kube-pod.ts";
import { mesosEnvironment } from "../../domain/agent/mesos-environment.ts";
import { buildTaskPod, taskContainerName } from "../../domain/agent/pod/build-task-pod.ts";
import { type PodRules, SANDBOX_PATH } from "../../domain/agent/pod/pod-rules.ts";
import { type PodPatience, readPod } from "../../domain/agent/pod/pod-seen.ts";
import {
  KILL_ANNOTATION,
  LAUNCH_ID_ANNOTATION,
  type PodIdentity,
  podNameOf,
  TASK_INFO_ANNOTATION,
  TASK_INFO_BYTES_MAX,
  TASK_STATUS_FINALIZER,
} from "../../domain/agent/pod/pod-shell.ts";
import type { KillOrder, RunRecord, StopOrder, TaskSeen } from "../../domain/agent/run.ts";
import type { TaskEnd } from "../../domain/agent/task-state.ts";
import { KINDS } from "../../runtime/kube/core-kinds.ts";
import type { KubeRef } from "../../runtime/kube/kube-kind.ts";
import { objectKey } from "../../runtime/kube/kube-object.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import type { KubeTransport } from "../../runtime/ports/kube-transport.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import type { Random } from "../../runtime/ports/random.ts";
import type { AgentMetrics } from "./metrics.ts";
import type {
  LaunchAnswer,
  Launcher,
  LaunchOptions,
  RecordedRun,
  RecoveredRun,
  RunSeen,
} from "./ports.ts";
import type { NodePods } from "./pods-by-node.ts";
import { RoomRetries } from "./room-retries.ts";
import { packRunRecord, unpackRunRecord } from "./run-record-codec.ts";
import { TaskPodWrites } from "./task-pod-writes.ts";
import { untilDone } from "./until-done.ts";

export interface PodLauncherOptions {
  readonly namespace: string;
  readonly nodeName: string;
  readonly pool: string;
  /** The MesosCluster, so that its deletion takes the task Pods along. */
  readonly owner?: NonNullable<PodIdentity["owner"]>;
  /** `host:port` under which executors reach the agent. */
  readonly agentEndpoint: string;
  readonly recoveryTimeoutMs: number;
  readonly shutdownGraceMs: number;
  /** An ended Pod is deleted this long after its outcome is safe. */
  readonly podRetentionMs: number;
  readonly rules: PodRules;
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
  /** Runs whose outcome is safe, until their Pods are gone. */
  readonly #released = new Set<string>();
  /** UIDs of Pods that no record explains and that are being deleted. */
  readonly #unknown = new Set<string>();
  /** Launches that found no room on the node and are made anew. */
  readonly #retries: RoomRetries;
  #isRecovered = false;
  #changed: (containerId: string) => void = () => undefined;

  constructor(parts: PodLauncherParts) {
    this.#parts = parts;
    this.#writes = new TaskPodWrites(parts);
    this.#retries = new RoomRetries({
      ...parts,
      callTimeoutMs: CALL_TIMEOUT_MS,
      gaveUp: (containerId, last) => this.#noteLast(containerId, last),
    });
    parts.pods.onChange((change) => {
      const containerId = this.#containerOf(change.object);
      if (containerId === undefined) return;
      if (change.kind === "deleted") this.#noteGone(containerId, change.object);
      else if (this.#isStray(containerId, change.object))
        this.#deleteUnknown(containerId, change.object);
      else this.#countPulls(containerId, change.object);
      this.#changed(containerId);
    });
  }

  onChange(changed: (containerId: string) => void): void {
    this.#changed = changed;
  }

  async launch(record: RunRecord, options: LaunchOptions): Promise<LaunchAnswer> {
    const built = buildTaskPod({
      record,
      identity: this.#identity(record, options.agentId),
      rules: this.#parts.options.rules,
      environment: this.#environment(record, options.agentId),
    });
    if (!built.ok) return { kind: "refused", refusal: built.refusal };
    this.#follow(record);
    try {
      await this.#parts.kube.create(KINDS.Pod, built.value.pod, { signal: options.signal });
    } catch (error) {
      const refusal = await this.#whyNotCreated(record, error, options.signal);
      if (refusal !== undefined) {
        this.#followed.delete(record.containerId);
        return { kind: "refused", refusal };
      }
    }
    return { kind: "created", warnings: built.value.warnings };
  }

  look(record: RunRecord): RunSeen {
    const pod = this.#podOf(record);
    const { options, clock } = this.#parts;
    if (pod === undefined) return this.#lookAtGone(record);
    if (this.#retries.takes(record, pod, this.#ref(record))) return { tasks: new Map() };
    const seen = readPod(pod, record, {
      nowMs: clock.nowMs(),
      patience: options.patience,
      pullFailures: this.#followed.get(record.containerId)?.pullFailures ?? 0,
    });
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
    this.#released.add(containerId);
    const isLeft = await this.#writes.release(this.#ref(record));
    this.#followed.delete(containerId);
    this.#retries.forget(containerId);
    if (isLeft) this.#deleteLater(containerId, this.#parts.options.podRetentionMs);
    else this.#released.delete(containerId);
  }

  recover(_recorded: readonly RecordedRun[]): Promise<readonly RecoveredRun[]> {
    const recovered: RecoveredRun[] = [];
    for (const pod of this.#parts.pods.list()) {
      const containerId = this.#containerOf(pod);
      if (containerId === undefined) continue;
      const isSafe = pod.metadata.finalizers?.includes(TASK_STATUS_FINALIZER) !== true;
      if (isSafe && !isPodLive(pod)) {
        this.#released.add(containerId);
        this.#deleteLater(containerId, this.#retentionLeftMs(pod));
        continue;
      }
      const record = unpackRunRecord(pod.metadata.annotations?.[TASK_INFO_ANNOTATION] ?? "");
      if (record === undefined || record.containerId !== containerId) {
        this.#deleteUnknown(containerId, pod);
        continue;
      }
      this.#follow(record);
      this.#countPulls(containerId, pod);
      const kill = readKill(pod.metadata.annotations?.[KILL_ANNOTATION]);
      recovered.push({ record, kind: "made", ...(kill === undefined ? {} : { kill }) });
    }
    this.#isRecovered = true;
    return Promise.resolve(recovered);
  }

  #noteGone(containerId: string, last: KubePod): void {
    this.#released.delete(containerId);
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
      !this.#released.has(containerId) &&
      pod.metadata.deletionTimestamp === undefined
    );
  }

  #retentionLeftMs(pod: KubePod): number {
    const ends = (pod.status?.containerStatuses ?? []).map(({ state }) =>
      Date.parse(state?.terminated?.finishedAt ?? ""),
    );
    const endedAtMs = Math.max(0, ...ends.filter((at) => !Number.isNaN(at)));
    return Math.max(0, endedAtMs + this.#parts.options.podRetentionMs - this.#parts.clock.nowMs());
  }

  #identity(record: RunRecord, agentId: string): PodIdentity {
    const { namespace, nodeName, pool, owner } = this.#parts.options;
    return {
      namespace,
      nodeName,
      pool,
      agentId,
      ...(owner === undefined ? {} : { owner }),
      frameworkHash: hashOf(record.frameworkId),
      executorHash: hashOf(record.executorId),
      role: roleOf(record),
      taskInfo: packRunRecord(record, TASK_INFO_BYTES_MAX),
    };
  }

  #environment(record: RunRecord, agentId: string): readonly { name: string; value: string }[] {
    const { agentEndpoint, recoveryTimeoutMs, shutdownGraceMs } = this.#parts.options;
    return mesosEnvironment(record, {
      agentId,
      endpoint: agentEndpoint,
      sandbox: SANDBOX_PATH,
      directory: SANDBOX_PATH,
      recoveryTimeoutMs,
      shutdownGraceMs,
    }).map(([name, value]) => ({ name, value }));
  }

  /** Undefined: the Pod is there, made by a former call whose answer was lost. @throws what may pass. */
  async #whyNotCreated(
    record: RunRecord,
    error: unknown,
    signal: AbortSignal,
  ): Promise<Extract<LaunchAnswer, { kind: "refused" }>["refusal"] | undefined> {
    if (!isOperatingError(error)) throw error;
    switch (error.code) {
      case "KUBE_ALREADY_EXISTS": {
        const pod = await this.#parts.kube.get<KubePod>(this.#ref(record), { signal });
        if (pod?.metadata.annotations?.[LAUNCH_ID_ANNOTATION] === record.launchId) return undefined;
        return { kind: "failed", field: "container id", message: "another Pod has the name" };
      }
      case "KUBE_INVALID":
      case "KUBE_FORBIDDEN":
      case "KUBE_TOO_LARGE":
        return {
          kind: "failed",
          field: "Pod",
          message: `refused by the API server: ${error.message}`,
        };
      default:
        throw error;
    }
  }

  #lookAtGone(record: RunRecord): RunSeen {
    const last = this.#followed.get(record.containerId)?.last;
    if (last === undefined) return { tasks: new Map() };
    const seen = readPod(last, record, {
      nowMs: this.#parts.clock.nowMs(),
      patience: this.#parts.options.patience,
      pullFailures: 0,
    });
    const tasks = new Map<string, TaskSeen>();
    for (const [index, task] of record.tasks.entries()) {
      const known = seen.tasks.get(task.task_id.value);
      const end =
        known?.kind === "ended" ? known.end : unknownEnd(taskContainerName(record, index));
      tasks.set(task.task_id.value, { kind: "ended", end });
    }
    return { tasks };
  }

  /** A Pod that will not start is taken away before it does so after all; should this fail, releasing it does so. */
  #giveUp({ containerId }: RunRecord): void {
    const followed = this.#followed.get(containerId);
    if (followed === undefined || followed.isGivenUp) return;
    followed.isGivenUp = true;
    void untilDone(this.#parts, containerId, async () => {
      if (!this.#followed.has(containerId)) return;
      await this.#writes.delete(this.#refByName(podNameOf(containerId)), 1);
    });
  }

  #deleteLater(containerId: string, afterMs: number): void {
    const ref = this.#refByName(podNameOf(containerId));
    this.#parts.clock.after(afterMs, () => {
      void untilDone(this.#parts, containerId, async () => {
        if (this.#released.has(containerId)) await this.#writes.delete(ref);
      });
    });
  }

  #deleteUnknown(containerId: string, pod: KubePod): void {
    const { name, uid = "" } = pod.metadata;
    if (this.#unknown.has(uid)) return;
    this.#unknown.add(uid);
    this.#parts.metrics.unknownContainers.add();
    this.#parts.logger.warn("deleting a task Pod that no record explains", { name });
    void untilDone(this.#parts, containerId, () =>
      this.#writes.dismiss(this.#refByName(name), pod),
    ).then(() => this.#unknown.delete(uid));
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

  #podOf(record: RunRecord): KubePod | undefined {
    const name = podNameOf(record.containerId);
    return this.#parts.pods.get(objectKey(this.#parts.options.namespace, name));
  }

  #ref(record: RunRecord): KubeRef {
    return this.#refByName(podNameOf(record.containerId));
  }

  #refByName(name: string): KubeRef {
    return { kind: KINDS.Pod, namespace: this.#parts.options.namespace, name };
  }
}

function readKill(text: string | undefined): KillOrder | undefined {
  if (text === undefined) return undefined;
  try {
    const { cause, dueMs } = JSON.parse(text) as KillOrder;
    return { cause, dueMs };
  } catch {
    // Somebody wrote the annotation by hand: it says that the task is to end, not why.
    return { cause: "request", dueMs: 0 };
  }
}

/** The role whose resources the launch uses. */
function roleOf(record: RunRecord): string {
  const [first] = record.tasks[0]?.resources ?? [];
  return first?.allocation_info?.role ?? record.framework.role ?? "*";
}

function hashOf(id: string): string {
  return createHash("sha256").update(id).digest("hex").slice(0, 40);
}

function unknownEnd(container: string): TaskEnd {
  return {
    kind: "verdict",
    state: "TASK_FAILED",
    reason: "REASON_EXECUTOR_TERMINATED",
    message: `Abnormal executor termination: unknown container ${container}`,
  };
}
