import type { KubeUid } from "../../api/ids/ids.ts";
import { isOperatingError } from "../../api/errors/operating-error.ts";
import type { PatchOperation } from "../../domain/admission/admission-patch.ts";
import type { PatchOutcome } from "../../domain/admission/book/effects.ts";
import { PATCHES_IN_FLIGHT_MAX } from "../../domain/admission/book/patches.ts";
import type { GatedPod } from "../../domain/admission/kube-view.ts";
import type { PoolPod } from "../../domain/admission/pool-pod.ts";
import { KINDS } from "../../runtime/kube/core-kinds.ts";
import type { KubeRef } from "../../runtime/kube/kube-kind.ts";
import { sleep, type Clock } from "../../runtime/ports/clock.ts";
import type { KubeReader, KubeWriter } from "../../runtime/ports/kube-transport.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import type { Random } from "../../runtime/ports/random.ts";
import { ReconnectBackoff } from "../../runtime/reconnect-backoff.ts";

/** Owner of the fields that an admission writes. */
export const ADMISSION_MANAGER = "orchestrator-admission";

export interface PatchSenderParts {
  readonly reader: Pick<KubeReader, "get">;
  /** Refuses writes of an old term. */
  readonly writer: Pick<KubeWriter, "patch">;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly ended: (uid: KubeUid, outcome: PatchOutcome, fresh?: GatedPod) => void;
}

interface Order {
  readonly pod: PoolPod;
  readonly operations: readonly PatchOperation[];
}

interface Verdict {
  readonly outcome: PatchOutcome;
  readonly fresh?: GatedPod;
}

/**
 * Sends the patches of admissions, at most 32 at once, and finds out what became of each: where an answer is missing or in
 * doubt the pod is read until the API server says what it is.
 */
export class PatchSender {
  readonly #parts: PatchSenderParts;
  readonly #queue: Order[] = [];
  #inFlight = 0;

  constructor(parts: PatchSenderParts) {
    this.#parts = parts;
  }

  send(pod: PoolPod, operations: readonly PatchOperation[], signal: AbortSignal): void {
    this.#queue.push({ pod, operations });
    this.#pump(signal);
  }

  #pump(signal: AbortSignal): void {
    while (this.#inFlight < PATCHES_IN_FLIGHT_MAX && !signal.aborted) {
      const order = this.#queue.shift();
      if (order === undefined) return;
      this.#inFlight += 1;
      void this.#carryOut(order, signal);
    }
  }

  async #carryOut(order: Order, signal: AbortSignal): Promise<void> {
    try {
      const { outcome, fresh } = await this.#judge(order, signal);
      this.#parts.ended(order.pod.uid, outcome, fresh);
    } catch (error) {
      // The term ended: who leads next reads what became of the pod.
      if (!signal.aborted) this.#parts.logger.error("An admission was given up.", { error });
    } finally {
      this.#inFlight -= 1;
      this.#pump(signal);
    }
  }

  async #judge({ pod, operations }: Order, signal: AbortSignal): Promise<Verdict> {
    const ref: KubeRef = { kind: KINDS.Pod, namespace: pod.namespace, name: pod.name };
    try {
      const options = { signal, fieldManager: ADMISSION_MANAGER };
      const patch = { type: "json", operations } as const;
      const fresh = await this.#parts.writer.patch<GatedPod>(ref, patch, options);
      return { outcome: { kind: "admitted" }, fresh };
    } catch (error) {
      if (!isOperatingError(error) || signal.aborted) throw error;
      if (error.code === "LEADER_TERM_EXPIRED") throw error;
      if (error.code === "KUBE_NOT_FOUND") return { outcome: { kind: "gone" } };
      const fresh = await this.#read(ref, signal);
      if (fresh === undefined || fresh.metadata.uid !== pod.uid)
        return { outcome: { kind: "gone" } };
      const isSame = fresh.metadata.resourceVersion === pod.object.metadata.resourceVersion;
      // A patch on a pod that changed can also fail on a path that is gone: only the same pod was refused.
      const isRefusal = error.code === "KUBE_FORBIDDEN" || error.code === "KUBE_INVALID";
      if (isRefusal && isSame) {
        return { outcome: { kind: "refused", message: error.message } };
      }
      return { outcome: { kind: "stale" }, fresh };
    }
  }

  /** The pod as it is; asks until there is an answer. */
  async #read(ref: KubeRef, signal: AbortSignal): Promise<GatedPod | undefined> {
    const { reader, clock, random, logger } = this.#parts;
    const backoff = new ReconnectBackoff(clock, random);
    for (;;) {
      try {
        return await reader.get<GatedPod>(ref, { signal });
      } catch (error) {
        if (signal.aborted) throw error;
        logger.warn("A pod whose admission is in doubt could not be read.", { error });
        await sleep(clock, backoff.nextDelayMs(), signal);
      }
    }
  }
}
