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
  readonly logger: Logger;
  readonly metrics: AgentMetrics;
  readonly options: PodLauncherOptions;
}

const CALL_TIMEOUT_MS = 30_000;
const CONFLICTS_MAX = 5;

/** Runs launches as Pods of this node. Pods are the record: identity, TaskInfo and outcome stand in them, no disk is used. */
export class PodLauncher implements Launcher {
  readonly kind = "pod";
  readonly #parts: PodLauncherParts;
  /** Runs whose Pods are followed, by container id. */
  readonly #followed = new Map<string, RunRecord>();
  /** Last state of Pods that are no more. */
  readonly #gone = new Map<string, KubePod>();
  readonly #pullFailures = new Map<string, { count: number; failing: boolean }>();
  readonly #givenUp = new Set<string>();
  /** Runs whose outcome is safe, until their Pods are gone. */
  readonly #released = new Set<string>();
  /** Launches that found no room on the node and are made anew. */
  readonly #retries: RoomRetries;
  #isRecovered = false;
  #changed: (containerId: string) => void = () => undefined;

  constructor(parts: PodLauncherParts) {
    this.#parts = parts;
    this.#retries = new RoomRetries({
      ...parts,
      callTimeoutMs: CALL_TIMEOUT_MS,
      gaveUp: (containerId, last) => this.#noteLast(containerId, last),
    });
    parts.pods.onChange((change) => {
      const containerId = this.#containerOf(change.object);
      if (containerId === undefined) return;
      if (change.kind === "deleted") this.#noteGone(containerId, change.object);
      else if (this.#isStray(containerId, change.object)) this.#deleteUnknown(change.object);
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
    this.#followed.set(record.containerId, record);
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
      pullFailures: this.#pullFailures.get(record.containerId)?.count ?? 0,
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
    const graceMs = kill.dueMs - this.#parts.clock.nowMs();
    const patch = { metadata: { annotations: { [KILL_ANNOTATION]: JSON.stringify(kill) } } };
    await this.#call(async (signal) => {
      await this.#parts.kube.patch(this.#ref(record), { type: "merge", patch }, { signal });
      await this.#parts.kube.delete(this.#ref(record), {
        signal,
        gracePeriodSeconds: Math.max(1, Math.ceil(graceMs / 1000)),
      });
    });
  }

  async release(record: RunRecord): Promise<void> {
    this.#released.add(record.containerId);
    await this.#removeFinalizer(record);
    this.#followed.delete(record.containerId);
    this.#gone.delete(record.containerId);
    this.#pullFailures.delete(record.containerId);
    this.#givenUp.delete(record.containerId);
    this.#retries.forget(record.containerId);
    this.#deleteLater(record.containerId, this.#parts.options.podRetentionMs);
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
        this.#deleteUnknown(pod);
        continue;
      }
      this.#followed.set(containerId, record);
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
    if (this.#followed.has(containerId)) this.#gone.set(containerId, last);
  }

  /** No further Pod will be made for a launch that found no room. */
  #noteLast(containerId: string, last: KubePod): void {
    if (this.#followed.has(containerId)) this.#gone.set(containerId, last);
    this.#changed(containerId);
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
    const last = this.#gone.get(record.containerId);
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

  /** A Pod that will not start is taken away before it does so after all. */
  #giveUp(record: RunRecord): void {
    if (this.#givenUp.has(record.containerId)) return;
    this.#givenUp.add(record.containerId);
    void this.#call((signal) =>
      this.#parts.kube.delete(this.#ref(record), { signal, gracePeriodSeconds: 1 }),
    ).catch((error: unknown) => {
      this.#givenUp.delete(record.containerId);
      this.#parts.logger.warn("a Pod could not be deleted", {
        containerId: record.containerId,
        errMessage: String(error),
      });
    });
  }

  async #removeFinalizer(record: RunRecord): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.#call((signal) => this.#tryRemoveFinalizer(record, signal));
        return;
      } catch (error) {
        if (!isOperatingError(error, "KUBE_CONFLICT") || attempt === CONFLICTS_MAX) throw error;
      }
    }
  }

  async #tryRemoveFinalizer(record: RunRecord, signal: AbortSignal): Promise<void> {
    const pod = await this.#parts.kube.get<KubePod>(this.#ref(record), { signal });
    const finalizers = pod?.metadata.finalizers ?? [];
    const resourceVersion = pod?.metadata.resourceVersion;
    if (resourceVersion === undefined || !finalizers.includes(TASK_STATUS_FINALIZER)) return;
    const left = finalizers.filter((name) => name !== TASK_STATUS_FINALIZER);
    const patch = { metadata: { finalizers: left, resourceVersion } };
    await this.#parts.kube.patch(this.#ref(record), { type: "merge", patch }, { signal });
  }

  #deleteLater(containerId: string, afterMs: number): void {
    const { clock, kube } = this.#parts;
    clock.after(afterMs, () => {
      const ref = { ...this.#refByName(podNameOf(containerId)) };
      void this.#call((signal) => kube.delete(ref, { signal })).catch(() => undefined);
    });
  }

  #deleteUnknown(pod: KubePod): void {
    this.#parts.metrics.unknownContainers.add();
    this.#parts.logger.warn("deleting a task Pod that no record explains", {
      name: pod.metadata.name,
    });
    const ref = this.#refByName(pod.metadata.name);
    const left = (pod.metadata.finalizers ?? []).filter((name) => name !== TASK_STATUS_FINALIZER);
    void this.#call(async (signal) => {
      const patch = { metadata: { finalizers: left } };
      await this.#parts.kube.patch(ref, { type: "merge", patch }, { signal });
      await this.#parts.kube.delete(ref, { signal });
    }).catch((error: unknown) => {
      this.#parts.logger.warn("a Pod could not be deleted", { errMessage: String(error) });
    });
  }

  #countPulls(containerId: string, pod: KubePod): void {
    const failing = (pod.status?.containerStatuses ?? []).some(
      (status) => status.state?.waiting?.reason === "ErrImagePull",
    );
    const before = this.#pullFailures.get(containerId) ?? { count: 0, failing: false };
    const count = before.count + (failing && !before.failing ? 1 : 0);
    this.#pullFailures.set(containerId, { count, failing });
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

  /** A call with a limit; an object that is gone is an answer, not a failure. */
  async #call<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const limit = new AbortController();
    const cancel = this.#parts.clock.after(CALL_TIMEOUT_MS, () => limit.abort());
    try {
      return await work(limit.signal);
    } catch (error) {
      if (isOperatingError(error, "KUBE_NOT_FOUND")) return undefined;
      throw error;
    } finally {
      cancel();
    }
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
