import { isOperatingError } from "../../../api/errors/operating-error.ts";
import { type KubePod, mayStillRun } from "../../../domain/agent/kube-pod.ts";
import { killNote } from "../../../domain/agent/pod/kill-note.ts";
import { TASK_STATUS_FINALIZER } from "../../../domain/agent/pod/pod-shell.ts";
import type { KillOrder } from "../../../domain/agent/run.ts";
import type { KubeRef } from "../../../runtime/kube/kube-kind.ts";
import { type Clock, deadline } from "../../../runtime/ports/clock.ts";
import type { KubeReader, KubeWriter } from "../../../runtime/ports/kube-transport.ts";

export interface TaskPodWritesParts {
  readonly kube: Pick<KubeReader, "get"> & Pick<KubeWriter, "patch" | "delete">;
  readonly clock: Clock;
}

/** Of all that one write needs. */
const LIMIT_MS = 30_000;
const CONFLICTS_MAX = 5;

/**
 * What the agent does to a task Pod once it is made. Each may be done again; a Pod that is gone is done with.
 * @throws {OperatingError} KUBE_ codes; what the deadline says when it took too long.
 */
export class TaskPodWrites {
  readonly #parts: TaskPodWritesParts;

  constructor(parts: TaskPodWritesParts) {
    this.#parts = parts;
  }

  /** SIGTERM now and SIGKILL at the order's time, which stands in the Pod for a restart. */
  async stop(ref: KubeRef, kill: KillOrder): Promise<void> {
    const { kube, clock } = this.#parts;
    const patch = { metadata: { annotations: killNote(kill) } };
    await this.#within(async (signal) => {
      await kube.patch(ref, { type: "merge", patch }, { signal });
      const gracePeriodSeconds = Math.max(1, Math.ceil((kill.dueMs - clock.nowMs()) / 1000));
      await kube.delete(ref, { signal, gracePeriodSeconds });
    });
  }

  /** With no grace given, that of the Pod. */
  async delete(ref: KubeRef, gracePeriodSeconds?: number): Promise<void> {
    const grace = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds };
    await this.#within((signal) => this.#parts.kube.delete(ref, { signal, ...grace }));
  }

  /**
   * Takes our finalizer off, and ends a Pod that may still run: its launch was told as ended.
   * @returns whether there is a Pod left.
   */
  async release(ref: KubeRef): Promise<boolean> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return (await this.#within((signal) => this.#tryRelease(ref, signal))) ?? false;
      } catch (error) {
        if (!isOperatingError(error, "KUBE_CONFLICT") || attempt === CONFLICTS_MAX) throw error;
      }
    }
  }

  /** Ends this very Pod, whose outcome nobody waits for. With no grace given, that of the Pod. @throws KUBE_CONFLICT for another of its name. */
  async dismiss(ref: KubeRef, pod: KubePod, gracePeriodSeconds?: number): Promise<void> {
    const { uid, finalizers } = pod.metadata;
    const only = uid === undefined ? {} : { uid };
    const grace = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds };
    const patch = { metadata: { finalizers: othersThanOurs(finalizers), ...only } };
    await this.#within(async (signal) => {
      await this.#parts.kube.patch(ref, { type: "merge", patch }, { signal });
      await this.#parts.kube.delete(ref, { signal, ...grace, ...only });
    });
  }

  async #tryRelease(ref: KubeRef, signal: AbortSignal): Promise<boolean> {
    const { kube } = this.#parts;
    const pod = await kube.get<KubePod>(ref, { signal });
    if (pod === undefined) return false;
    const { finalizers = [], resourceVersion = "", deletionTimestamp } = pod.metadata;
    if (deletionTimestamp === undefined && mayStillRun(pod)) {
      await kube.delete(ref, { signal, resourceVersion, gracePeriodSeconds: 1 });
      return this.#tryRelease(ref, signal);
    }
    if (finalizers.includes(TASK_STATUS_FINALIZER)) {
      const patch = { metadata: { finalizers: othersThanOurs(finalizers), resourceVersion } };
      await kube.patch(ref, { type: "merge", patch }, { signal });
    }
    return true;
  }

  async #within<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    const limit = deadline(this.#parts.clock, LIMIT_MS);
    try {
      return await work(limit.signal);
    } catch (error) {
      if (isOperatingError(error, "KUBE_NOT_FOUND")) return undefined;
      throw error;
    } finally {
      limit.done();
    }
  }
}

function othersThanOurs(finalizers: readonly string[] = []): readonly string[] {
  return finalizers.filter((name) => name !== TASK_STATUS_FINALIZER);
}
