import { isOperatingError, OperatingError } from "../../../api/errors/operating-error.ts";
import type { KubePod } from "../../../domain/agent/kube-pod.ts";
import {
  isRefusedForRoom,
  podAgain,
  ROOM_PATIENCE_MS,
  roomRetryDelayMs,
} from "../../../domain/agent/pod/room-refusal.ts";
import { isPodOfLaunch } from "../../../domain/agent/pod/pod-shell.ts";
import type { RunRecord } from "../../../domain/agent/run.ts";
import { KINDS } from "../../../runtime/kube/core-kinds.ts";
import type { KubeRef } from "../../../runtime/kube/kube-kind.ts";
import { type CancelTimer, type Clock, deadline, sleep } from "../../../runtime/ports/clock.ts";
import type { KubeReader, KubeWriter } from "../../../runtime/ports/kube-transport.ts";
import type { Logger } from "../../../runtime/ports/logger.ts";
import type { TaskPodWrites } from "./task-pod-writes.ts";

export interface RoomRetriesParts {
  readonly kube: Pick<KubeReader, "get"> & Pick<KubeWriter, "create">;
  readonly writes: TaskPodWrites;
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
    if (this.#isPatienceOver(record)) return false;
    this.#retries.set(record.containerId, retry);
    retry.podUid = pod.metadata.uid;
    retry.attempts += 1;
    this.#parts.logger.info("a Pod found no room on the node and is made anew", {
      containerId: record.containerId,
      attempt: retry.attempts,
      reason: pod.status?.message ?? "",
    });
    retry.cancel = this.#parts.clock.after(roomRetryDelayMs(retry.attempts), () => {
      retry.work = this.#makeAnew(record, retry, pod, ref);
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

  /** Repeats what may pass as long as the patience lasts: giving up says that the launch ended, and a Pod may be there by now. */
  async #makeAnew(record: RunRecord, retry: Retry, pod: KubePod, ref: KubeRef): Promise<void> {
    const { clock, logger, gaveUp } = this.#parts;
    const { containerId } = record;
    for (let attempt = 1; ; attempt += 1) {
      try {
        if (!(await this.#replace(record, retry, pod, ref))) gaveUp(containerId, pod);
        return;
      } catch (error) {
        const isFinal = isOperatingError(error) && error.retry === "terminal";
        if (isFinal || this.#isPatienceOver(record)) {
          logger.warn("a Pod that found no room could not be made anew", { containerId, error });
          retry.isCalledOff = true;
          gaveUp(containerId, pod);
          return;
        }
      }
      await sleep(clock, roomRetryDelayMs(attempt));
    }
  }

  /** From whatever a former attempt left; false when the launch was called off and no Pod is there any more. */
  async #replace(record: RunRecord, retry: Retry, pod: KubePod, ref: KubeRef): Promise<boolean> {
    const { kube, writes, clock, callTimeoutMs } = this.#parts;
    const limit = deadline(clock, callTimeoutMs);
    const { signal } = limit;
    try {
      const live = await kube.get<KubePod>(ref, { signal });
      if (live !== undefined && live.metadata.uid !== pod.metadata.uid) {
        if (isPodOfLaunch(live, record)) return true;
        throw new OperatingError("KUBE_INVALID", `${ref.name} is another Pod`);
      }
      if (live !== undefined) await writes.dismiss(ref, live, 0);
      if (retry.isCalledOff) return false;
      await kube.create(KINDS.Pod, podAgain(pod), { signal });
      return true;
    } finally {
      limit.done();
    }
  }

  #isPatienceOver({ receivedAtMs }: RunRecord): boolean {
    return this.#parts.clock.nowMs() - receivedAtMs >= ROOM_PATIENCE_MS;
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
