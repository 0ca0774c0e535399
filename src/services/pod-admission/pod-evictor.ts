import type { KubeUid } from "../../api/ids/ids.ts";
import { isOperatingError } from "../../api/errors/operating-error.ts";
import type { PoolPod } from "../../domain/admission/pool-pod.ts";
import { KINDS } from "../../runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../runtime/kube/kube-object.ts";
import { deadline, sleep, type Clock } from "../../runtime/ports/clock.ts";
import type { KubeWriter } from "../../runtime/ports/kube-transport.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import type { Random } from "../../runtime/ports/random.ts";
import { ReconnectBackoff } from "../../runtime/reconnect-backoff.ts";

export interface PodEvictorParts {
  /** Refuses writes of an old term. */
  readonly writer: Pick<KubeWriter, "create">;
  /** The pod as it is known now; undefined once it is over. */
  readonly podOf: (uid: KubeUid) => PoolPod | undefined;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

const CALL_MAX_MS = 30_000;

/** Evicts pods as `kubectl drain` does: a disruption budget may refuse, then it is tried again until the pod is over. */
export class PodEvictor {
  readonly #parts: PodEvictorParts;
  readonly #underWay = new Set<KubeUid>();

  constructor(parts: PodEvictorParts) {
    this.#parts = parts;
  }

  evict(uid: KubeUid, signal: AbortSignal): void {
    if (this.#underWay.has(uid)) return;
    this.#underWay.add(uid);
    void this.#untilEvicted(uid, signal)
      .catch((error: unknown) => {
        if (!signal.aborted) this.#parts.logger.error("An eviction was given up.", { error });
      })
      .finally(() => this.#underWay.delete(uid));
  }

  async #untilEvicted(uid: KubeUid, signal: AbortSignal): Promise<void> {
    const { clock, random, logger, podOf } = this.#parts;
    const backoff = new ReconnectBackoff(clock, random);
    for (let pod = podOf(uid); pod !== undefined; pod = podOf(uid)) {
      try {
        await this.#ask(pod, signal);
        return;
      } catch (error) {
        if (!isOperatingError(error) || signal.aborted) throw error;
        if (error.code === "KUBE_NOT_FOUND" || error.code === "KUBE_CONFLICT") return;
        if (error.code === "LEADER_TERM_EXPIRED") throw error;
        logger.warn("A pod that is to leave what it was lent could not be evicted yet.", { error });
      }
      await sleep(clock, backoff.nextDelayMs(), signal);
    }
  }

  async #ask({ uid, namespace, name }: PoolPod, signal: AbortSignal): Promise<void> {
    const limit = deadline(this.#parts.clock, CALL_MAX_MS, signal);
    const eviction: KubeObject & { readonly deleteOptions: object } = {
      apiVersion: "policy/v1",
      kind: "Eviction",
      metadata: { name, namespace },
      deleteOptions: { preconditions: { uid } },
    };
    try {
      await this.#parts.writer.create(KINDS.Pod, eviction, {
        subresource: "eviction",
        signal: limit.signal,
      });
    } finally {
      limit.done();
    }
  }
}
