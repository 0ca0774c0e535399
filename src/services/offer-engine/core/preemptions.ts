import type { KubeUid } from "../../../api/ids/ids.ts";
import type { Preemption } from "../../../domain/allocator/pods/plan-preemption.ts";

/** Between two looks for whom to evict. */
const LOOK_EVERY_MS = 5_000;

interface UnderWay {
  readonly preemption: Preemption;
  readonly sinceMs: number;
  askedMs: number;
}

/** Evictions for pods of a higher priority that are not over yet, by the pod they are for. */
export class Preemptions {
  readonly #underWay = new Map<KubeUid, UnderWay>();
  #lookedMs = -Infinity;

  get all(): IterableIterator<UnderWay> {
    return this.#underWay.values();
  }

  has(podUid: KubeUid): boolean {
    return this.#underWay.has(podUid);
  }

  note(preemption: Preemption, nowMs: number): void {
    this.#underWay.set(preemption.podUid, { preemption, sinceMs: nowMs, askedMs: nowMs });
  }

  forget(podUid: KubeUid): void {
    this.#underWay.delete(podUid);
  }

  /** True at most once in {@link LOOK_EVERY_MS}. */
  isLookDue(nowMs: number): boolean {
    if (nowMs - this.#lookedMs < LOOK_EVERY_MS) return false;
    this.#lookedMs = nowMs;
    return true;
  }
}
