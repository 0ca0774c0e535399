import type { KubeUid } from "../../api/ids/ids.ts";
import { isOperatingError } from "../../api/errors/operating-error.ts";
import type { PoolPod } from "../../domain/admission/pool-pod.ts";
import { KINDS } from "../../runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../runtime/kube/kube-object.ts";
import { deadline, type Clock } from "../../runtime/ports/clock.ts";
import type { KubeWriter } from "../../runtime/ports/kube-transport.ts";
import type { Logger } from "../../runtime/ports/logger.ts";

export interface PodEvictorParts {
  /** Refuses writes of an old term. */
  readonly writer: Pick<KubeWriter, "create">;
  readonly clock: Clock;
  readonly logger: Logger;
}

const CALL_MAX_MS = 30_000;

/**
 * Evicts pods as `kubectl drain` does: a disruption budget may refuse. One try each; whoever wants the room asks again for as
 * long as it wants it, so that nobody is evicted for a reason that is over.
 */
export class PodEvictor {
  readonly #parts: PodEvictorParts;
  readonly #underWay = new Set<KubeUid>();

  constructor(parts: PodEvictorParts) {
    this.#parts = parts;
  }

  evict(pod: Pick<PoolPod, "uid" | "namespace" | "name">, signal: AbortSignal): void {
    if (this.#underWay.has(pod.uid)) return;
    this.#underWay.add(pod.uid);
    void this.#ask(pod, signal)
      .catch((error: unknown) => {
        if (signal.aborted || isOver(error)) return;
        const { namespace, name } = pod;
        this.#parts.logger.warn("A pod could not be evicted now.", { namespace, name, error });
      })
      .finally(() => this.#underWay.delete(pod.uid));
  }

  async #ask(
    { uid, namespace, name }: Pick<PoolPod, "uid" | "namespace" | "name">,
    signal: AbortSignal,
  ): Promise<void> {
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

/** The pod is gone, or is another one by now. */
function isOver(error: unknown): boolean {
  return (
    isOperatingError(error) && (error.code === "KUBE_NOT_FOUND" || error.code === "KUBE_CONFLICT")
  );
}
