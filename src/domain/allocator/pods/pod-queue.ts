import type { Amounts } from "../state/amounts.ts";
import type { WaitingPod } from "./waiting-pod.ts";

/** A pod with its request as the tables need it. */
export interface QueuedPod {
  readonly pod: WaitingPod;
  readonly request: Amounts;
  /** Pods of one shape fit on the same agents as far as amounts go. */
  readonly shape: number;
}

/** How deep into a queue a turn looks. */
export const QUEUE_DEPTH_MAX = 50;

/** Waiting pods of one role: priority descending, then creation time, then uid. */
export class PodQueue {
  #pods: QueuedPod[] = [];
  /** Places before it are empty: pods leave near the head, so that is where the gap is. */
  #head = 0;
  /** Shape → pods of it that wait. */
  readonly #shapes = new Map<number, number>();

  /** How many shapes wait. */
  get shapes(): number {
    return this.#shapes.size;
  }

  get length(): number {
    return this.#pods.length - this.#head;
  }

  at(place: number): QueuedPod {
    return this.#pods[this.#head + place] as QueuedPod;
  }

  add(queued: QueuedPod): void {
    this.#pods.splice(this.#placeOf(queued), 0, queued);
    this.#shapes.set(queued.shape, (this.#shapes.get(queued.shape) ?? 0) + 1);
  }

  /** Takes a pod out; O(place) near the head. */
  removeAt(place: number): void {
    this.#forget(this.at(place).shape);
    for (let i = this.#head + place; i > this.#head; i -= 1) {
      this.#pods[i] = this.#pods[i - 1] as QueuedPod;
    }
    this.#head += 1;
    if (this.#head * 2 > this.#pods.length) {
      this.#pods = this.#pods.slice(this.#head);
      this.#head = 0;
    }
  }

  remove(queued: QueuedPod): void {
    const place = this.#placeOf(queued);
    if (this.#pods[place] !== queued) return;
    this.#forget(queued.shape);
    this.#pods.splice(place, 1);
  }

  /** Where the pod is, or belongs. */
  #placeOf({ pod }: QueuedPod): number {
    let low = this.#head;
    let high = this.#pods.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (comparePods((this.#pods[middle] as QueuedPod).pod, pod) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #forget(shape: number): void {
    const left = (this.#shapes.get(shape) ?? 0) - 1;
    if (left > 0) this.#shapes.set(shape, left);
    else this.#shapes.delete(shape);
  }
}

function comparePods(a: WaitingPod, b: WaitingPod): number {
  if (a.priority !== b.priority) return b.priority - a.priority;
  if (a.createdMs !== b.createdMs) return a.createdMs - b.createdMs;
  if (a.uid === b.uid) return 0;
  return a.uid < b.uid ? -1 : 1;
}
