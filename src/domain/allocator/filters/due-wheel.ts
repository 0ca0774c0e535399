/** Buckets per power of two of remaining time. */
const BUCKETS_PER_OCTAVE = 64;

/**
 * Rows by the time they are due. Far times share coarse buckets that are dealt out again as they come
 * near, so that a million rows need a few thousand buckets and no timers. A row may be stale when it
 * comes out; whoever put it in knows.
 */
export class DueWheel {
  readonly #buckets = new Map<number, number[]>();
  /** Binary heap of bucket keys. */
  readonly #heap: number[] = [];

  /** At the latest when the next row is due; a little earlier for far ones. */
  get nextMs(): number | undefined {
    return this.#heap[0];
  }

  /** A row that is never due (`Infinity`) is not kept: its place may have been reused since it was put in. */
  put(row: number, dueMs: number, nowMs: number): void {
    if (dueMs === Infinity) return;
    const remainingMs = Math.max(0, dueMs - nowMs);
    const widthMs = 2 ** Math.max(0, Math.floor(Math.log2(remainingMs / BUCKETS_PER_OCTAVE)));
    const coarse = Math.floor(dueMs / widthMs) * widthMs;
    // Times have fractions: a bucket that has come already would be dealt out again for ever.
    const key = coarse > nowMs ? coarse : dueMs;
    const bucket = this.#buckets.get(key);
    if (bucket !== undefined) {
      bucket.push(row);
      return;
    }
    this.#buckets.set(key, [row]);
    this.#push(key);
  }

  /** Takes out every row whose bucket has come; `dueOf` tells which of them are only near. */
  take(nowMs: number, dueOf: (row: number) => number): number[] {
    const due: number[] = [];
    while (this.#heap.length > 0 && (this.#heap[0] as number) <= nowMs) {
      const key = this.#pop();
      const rows = this.#buckets.get(key) as number[];
      this.#buckets.delete(key);
      for (const row of rows) {
        const dueMs = dueOf(row);
        if (dueMs <= nowMs) due.push(row);
        else this.put(row, dueMs, nowMs);
      }
    }
    return due;
  }

  #push(key: number): void {
    const heap = this.#heap;
    let child = heap.push(key) - 1;
    while (child > 0) {
      const parent = (child - 1) >>> 1;
      if ((heap[parent] as number) <= key) break;
      heap[child] = heap[parent] as number;
      child = parent;
    }
    heap[child] = key;
  }

  #pop(): number {
    const heap = this.#heap;
    const first = heap[0] as number;
    const last = heap.pop() as number;
    if (heap.length === 0) return first;
    let parent = 0;
    for (;;) {
      let child = parent * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && (heap[child + 1] as number) < (heap[child] as number)) {
        child += 1;
      }
      if ((heap[child] as number) >= last) break;
      heap[parent] = heap[child] as number;
      parent = child;
    }
    heap[parent] = last;
    return first;
  }
}
