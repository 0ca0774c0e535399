import type { ObjectKey } from "../kube/kube-object.ts";

const WINDOW_MS = 60_000;
/** Reconciles that nobody but the reconciler itself was the cause of. */
const SELF_FED_MAX = 10;
/** Reconciles that wrote, whatever the cause: two writers that undo each other's work are the cause for each other. */
const BUSY_MAX = 60;
const SLOWED_TO_MS = 10_000;

interface Seen {
  readonly generation: number | undefined;
  /** Newest last; one more than the limit at most. */
  readonly selfFedMs: number[];
  readonly busyMs: number[];
  slowed: boolean;
}

export type HotLoopVerdict =
  | { readonly kind: "go" }
  /** `first`: the loop was found just now and is worth a line in the log. */
  | { readonly kind: "wait"; readonly delayMs: number; readonly first: boolean };

/**
 * Slows a key down to once in ten seconds while it is worked on busily without a change of what it should be: more than ten times
 * within a minute by itself, or more than sixty times because of others. Busy is a reconcile that wrote, or that asked to come back
 * within a second: one that does neither cannot feed itself, however often the world around it changes. A roll is busy because of
 * others, Pod by Pod, and far below the second limit.
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
    if (!isOver(seen.selfFedMs, SELF_FED_MAX, nowMs) && !isOver(seen.busyMs, BUSY_MAX, nowMs)) {
      seen.slowed = false;
      return { kind: "go" };
    }
    const delayMs = seen.busyMs.at(-1)! + SLOWED_TO_MS - nowMs;
    if (delayMs <= 0) return { kind: "go" };
    const first = !seen.slowed;
    seen.slowed = true;
    return { kind: "wait", delayMs, first };
  }

  /** `key` was worked on busily; `selfFed`: nobody else had changed anything that concerns it. */
  worked(
    key: ObjectKey,
    generation: number | undefined,
    nowMs: number,
    { selfFed }: { readonly selfFed: boolean },
  ): void {
    let seen = this.#seen.get(key);
    if (seen === undefined || seen.generation !== generation) {
      seen = { generation, selfFedMs: [], busyMs: [], slowed: false };
      this.#seen.set(key, seen);
    }
    note(seen.busyMs, BUSY_MAX, nowMs);
    if (selfFed) note(seen.selfFedMs, SELF_FED_MAX, nowMs);
  }

  forget(key: ObjectKey): void {
    this.#seen.delete(key);
  }
}

function isOver(timesMs: readonly number[], max: number, nowMs: number): boolean {
  return timesMs.length > max && nowMs - timesMs[0]! <= WINDOW_MS;
}

function note(timesMs: number[], max: number, nowMs: number): void {
  timesMs.push(nowMs);
  if (timesMs.length > max + 1) timesMs.shift();
}
