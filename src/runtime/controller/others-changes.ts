import type { KubeObject, ObjectKey } from "../kube/kube-object.ts";

interface Seen {
  /** Marks of what watches brought since the last question; more than a few are not told apart. */
  brought: Set<string>;
  isFlooded: boolean;
  /** Of our own writes since the last question, and before it: their watch events may come late. */
  own: Set<string>;
  ownBefore: Set<string>;
}

/** One reconcile does not write as much: some of so many changes are by others. */
const BROUGHT_MAX = 256;

/**
 * Tells whether anybody but us changed what concerns a key: a state that a watch brings is somebody else's unless one of our writes was
 * answered with its resourceVersion, or deleted the object. The event may come before the answer, so the question is asked once
 * the writes have ended. Only keys that are worked on are followed: a standby remembers nothing.
 */
export class OthersChanges {
  readonly #seen = new Map<ObjectKey, Seen>();

  brought(key: ObjectKey, object: KubeObject): void {
    const seen = this.#seen.get(key);
    if (seen === undefined || seen.isFlooded) return;
    seen.brought.add(markOf(object));
    if (seen.brought.size <= BROUGHT_MAX) return;
    seen.isFlooded = true;
    seen.brought.clear();
  }

  wrote(key: ObjectKey, stored: KubeObject): void {
    this.#seen.get(key)?.own.add(markOf(stored));
  }

  deleted(key: ObjectKey, last: KubeObject): void {
    this.#seen.get(key)?.own.add(goneMark(last));
  }

  /** Whether others changed something since this was last asked for the key; the first answer is yes. */
  take(key: ObjectKey): boolean {
    const seen = this.#seen.get(key);
    this.#seen.set(key, {
      brought: new Set(),
      isFlooded: false,
      own: new Set(),
      ownBefore: seen?.own ?? new Set(),
    });
    if (seen === undefined || seen.isFlooded) return true;
    const isOurs = (mark: string): boolean => seen.own.has(mark) || seen.ownBefore.has(mark);
    return [...seen.brought].some((mark) => !isOurs(mark));
  }

  forget(key: ObjectKey): void {
    this.#seen.delete(key);
  }
}

/** The same for an event and the write that caused it. A deletion has many versions, and one object. */
function markOf(object: KubeObject): string {
  const { deletionTimestamp, resourceVersion } = object.metadata;
  return deletionTimestamp === undefined ? `at ${resourceVersion ?? ""}` : goneMark(object);
}

const goneMark = ({ metadata }: KubeObject): string => `gone ${metadata.uid ?? ""}`;
