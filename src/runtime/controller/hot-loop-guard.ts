import type { ObjectKey } from "../kube/kube-object.ts";

const WINDOW_MS = 60_000;
const RECONCILES_MAX = 10;
const SLOWED_TO_MS = 10_000;

interface Seen {
  generation: number | undefined;
  /** When this key was worked on busily, newest last; at most `RECONCILES_MAX + 1`. */
  readonly timesMs: number[];
  slowed: boolean;
}

export type HotLoopVerdict =
  | { readonly kind: "go" }
  /** `first`: the loop was found just now and is worth a line in the log. */
  | { readonly kind: "wait"; readonly delayMs: number; readonly first: boolean };

/**
 * Slows a key down that was worked on busily more than ten times within a minute while nobody changed what it should be: once in
 * ten seconds until its generation changes or the minute is quiet. Busy is a reconcile that wrote, or that asked to come back
 * within a second: one that does neither cannot feed itself, however often the world around it changes.
 */
export class HotLoopGuard {
  readonly #seen = new Map<ObjectKey, Seen>();

  /** Whether `key` may be worked on now. */
  admit(key: ObjectKey, generation: number | undefined, nowMs: number): HotLoopVerdict {
    const seen = this.#seen.get(key);
    if (seen === undefined) return { kind: "go" };
    if (seen.generation !== generation) {
      this.#seen.delete(key);
      return { kind: "go" };
    }
    const firstMs = seen.timesMs[0]!;
    if (seen.timesMs.length <= RECONCILES_MAX || nowMs - firstMs > WINDOW_MS) {
      seen.slowed = false;
      return { kind: "go" };
    }
    const delayMs = seen.timesMs.at(-1)! + SLOWED_TO_MS - nowMs;
    if (delayMs <= 0) return { kind: "go" };
    const first = !seen.slowed;
    seen.slowed = true;
    return { kind: "wait", delayMs, first };
  }

  /** `key` was worked on busily. */
  worked(key: ObjectKey, generation: number | undefined, nowMs: number): void {
    const seen = this.#seen.get(key);
    if (seen === undefined || seen.generation !== generation) {
      this.#seen.set(key, { generation, timesMs: [nowMs], slowed: false });
      return;
    }
    seen.timesMs.push(nowMs);
    if (seen.timesMs.length > RECONCILES_MAX + 1) seen.timesMs.shift();
  }

  forget(key: ObjectKey): void {
    this.#seen.delete(key);
  }
}
