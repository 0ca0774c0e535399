import type { KubePod } from "../../domain/agent/kube-pod.ts";
import {
  isRefusedForRoom,
  podAgain,
  ROOM_PATIENCE_MS,
  roomRetryDelayMs,
} from "../../domain/agent/pod/room-refusal.ts";
import type { RunRecord } from "../../domain/agent/run.ts";
import { KINDS } from "../../runtime/kube/core-kinds.ts";
import type { KubeRef } from "../../runtime/kube/kube-kind.ts";
import type { CancelTimer, Clock } from "../../runtime/ports/clock.ts";
import type { KubeWriter } from "../../runtime/ports/kube-transport.ts";
import type { Logger } from "../../runtime/ports/logger.ts";

export interface RoomRetriesParts {
  readonly kube: Pick<KubeWriter, "patch" | "delete" | "create">;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly callTimeoutMs: number;
  /** The launch will not be tried again; `last` is the Pod that was refused and may be gone by now. */
  readonly gaveUp: (containerId: string, last: KubePod) => void;
}

/** One launch that found no room. */
interface Retry {
  /** The refused Pod that is being dealt with. */
  podUid: string | undefined;
  attempts: number;
  isCalledOff: boolean;
  cancel: CancelTimer;
  /** Ends when no call of ours is under way. */
  work: Promise<void>;
}

/**
 * Makes a Pod anew that the kubelet found no room for, until it fits or the patience is over. The refused Pod stays until its
 * successor is about to be made: it is the record of the launch.
 */
export class RoomRetries {
  readonly #parts: RoomRetriesParts;
  readonly #retries = new Map<string, Retry>();

  constructor(parts: RoomRetriesParts) {
    this.#parts = parts;
  }

  /** The Pod goes because it is made anew: its end says nothing of the launch. */
  isReplacing(containerId: string, pod: KubePod): boolean {
    const retry = this.#retries.get(containerId);
    return retry?.podUid === pod.metadata.uid && retry?.isCalledOff === false;
  }

  /** Whether the Pod counts as still waiting to start, because it was refused and is or will be made anew. */
  takes(record: RunRecord, pod: KubePod, ref: KubeRef): boolean {
    const retry = this.#retries.get(record.containerId) ?? newRetry();
    if (retry.isCalledOff || !isRefusedForRoom(pod)) return false;
    if (retry.podUid === pod.metadata.uid) return true;
    if (pod.metadata.deletionTimestamp !== undefined) return false;
    if (this.#parts.clock.nowMs() - record.receivedAtMs >= ROOM_PATIENCE_MS) return false;
    this.#retries.set(record.containerId, retry);
    retry.podUid = pod.metadata.uid;
    retry.attempts += 1;
    this.#parts.logger.info("a Pod found no room on the node and is made anew", {
      containerId: record.containerId,
      attempt: retry.attempts,
      reason: pod.status?.message ?? "",
    });
    retry.cancel = this.#parts.clock.after(roomRetryDelayMs(retry.attempts), () => {
      retry.work = this.#makeAnew(record.containerId, retry, pod, ref);
    });
    return true;
  }

  /** From now on whatever Pod there is, or is not, is the last one. */
  async callOff(containerId: string): Promise<void> {
    const retry = this.#retries.get(containerId);
    if (retry === undefined) return;
    retry.isCalledOff = true;
    retry.cancel();
    await retry.work;
  }

  forget(containerId: string): void {
    this.#retries.get(containerId)?.cancel();
    this.#retries.delete(containerId);
  }

  async #makeAnew(containerId: string, retry: Retry, pod: KubePod, ref: KubeRef): Promise<void> {
    const limit = new AbortController();
    const cancel = this.#parts.clock.after(this.#parts.callTimeoutMs, () => limit.abort());
    const { signal } = limit;
    const { kube, logger, gaveUp } = this.#parts;
    try {
      const patch = { metadata: { finalizers: [], uid: pod.metadata.uid } };
      await kube.patch(ref, { type: "merge", patch }, { signal });
      const uid = pod.metadata.uid === undefined ? {} : { uid: pod.metadata.uid };
      await kube.delete(ref, { signal, gracePeriodSeconds: 0, ...uid });
      if (retry.isCalledOff) gaveUp(containerId, pod);
      else await kube.create(KINDS.Pod, podAgain(pod), { signal });
    } catch (error) {
      logger.warn("a Pod that found no room could not be made anew", { containerId, error });
      retry.isCalledOff = true;
      gaveUp(containerId, pod);
    } finally {
      cancel();
    }
  }
}

function newRetry(): Retry {
  return {
    podUid: undefined,
    attempts: 0,
    isCalledOff: false,
    cancel: () => undefined,
    work: Promise.resolve(),
  };
}
