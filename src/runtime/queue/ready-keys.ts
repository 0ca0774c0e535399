import type { ObjectKey } from "../kube/kube-object.ts";

/** 0: something changed. −100: a look for completeness (initial list, resync) that may wait for all the others. */
export type Priority = 0 | -100;
export const PRIORITIES = [0, -100] as const satisfies readonly Priority[];

/** A waiting look that is older than this stands in line with the changes, so that it is not starved. */
const AGED_AFTER_MS = 60_000;

export interface ReadyKey {
  readonly key: ObjectKey;
  readonly priority: Priority;
  readonly sinceMs: number;
}

/** Keys that may be worked on now: by priority, first come first served inside one. */
export class ReadyKeys {
  readonly #lines: Readonly<Record<Priority, Map<ObjectKey, number>>> = {
    0: new Map(),
    [-100]: new Map(),
  };

  depth(priority: Priority): number {
    return this.#lines[priority].size;
  }

  has(key: ObjectKey): boolean {
    return this.#lines[0].has(key) || this.#lines[-100].has(key);
  }

  /** Adds the key, or raises the one that waits; a raised key keeps the age it has. */
  add(key: ObjectKey, priority: Priority, nowMs: number): void {
    if (this.#lines[0].has(key)) return;
    const waitingSinceMs = this.#lines[-100].get(key);
    if (waitingSinceMs !== undefined) {
      if (priority === 0) this.#raise(key, waitingSinceMs);
      return;
    }
    this.#lines[priority].set(key, nowMs);
  }

  take(nowMs: number): ReadyKey | undefined {
    this.#raiseAged(nowMs);
    for (const priority of PRIORITIES) {
      for (const [key, sinceMs] of this.#lines[priority]) {
        this.#lines[priority].delete(key);
        return { key, priority, sinceMs };
      }
    }
    return undefined;
  }

  #raiseAged(nowMs: number): void {
    for (const [key, sinceMs] of this.#lines[-100]) {
      if (nowMs - sinceMs <= AGED_AFTER_MS) return;
      this.#raise(key, sinceMs);
    }
  }

  #raise(key: ObjectKey, sinceMs: number): void {
    this.#lines[-100].delete(key);
    this.#lines[0].set(key, sinceMs);
  }
}
