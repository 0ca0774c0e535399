import type { ObjectKey } from "../kube/kube-object.ts";

interface Due {
  readonly key: ObjectKey;
  readonly dueMs: number;
}

/** Keys with a due time, earliest first. A key stands in it once: adding it again keeps the earlier time. */
export class DelayedKeys {
  readonly #heap: Due[] = [];
  readonly #dueByKey = new Map<ObjectKey, number>();

  get size(): number {
    return this.#dueByKey.size;
  }

  /** True when this made `key` due at another time than before. */
  add(key: ObjectKey, dueMs: number): boolean {
    const known = this.#dueByKey.get(key);
    if (known !== undefined && known <= dueMs) return false;
    this.#dueByKey.set(key, dueMs);
    this.#push({ key, dueMs });
    return true;
  }

  delete(key: ObjectKey): boolean {
    return this.#dueByKey.delete(key);
  }

  nextDueMs(): number | undefined {
    this.#dropOutdated();
    return this.#heap[0]?.dueMs;
  }

  /** Takes the keys that are due, earliest first. */
  takeDue(nowMs: number): readonly ObjectKey[] {
    const due: ObjectKey[] = [];
    for (;;) {
      const nextMs = this.nextDueMs();
      if (nextMs === undefined || nextMs > nowMs) return due;
      const { key } = this.#pop();
      this.#dueByKey.delete(key);
      due.push(key);
    }
  }

  /** Entries whose key was deleted, or made due earlier, stay in the heap until they come up. */
  #dropOutdated(): void {
    for (let top = this.#heap[0]; top !== undefined; top = this.#heap[0]) {
      if (this.#dueByKey.get(top.key) === top.dueMs) return;
      this.#pop();
    }
  }

  #push(due: Due): void {
    const heap = this.#heap;
    let at = heap.push(due) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]!.dueMs <= due.dueMs) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = due;
  }

  #pop(): Due {
    const heap = this.#heap;
    const top = heap[0]!;
    const last = heap.pop()!;
    if (heap.length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.dueMs < heap[child]!.dueMs) child += 1;
      if (heap[child]!.dueMs >= last.dueMs) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
    return top;
  }
}
