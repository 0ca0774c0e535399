import type { ObjectKey } from "../kube/kube-object.ts";

interface Seen {
  /** resourceVersions that watches brought since the last question. */
  brought: Set<string>;
  /** Of our own writes since the last question, and before it: their watch events may come late. */
  own: Set<string>;
  ownBefore: Set<string>;
}

/**
 * Tells whether anybody but us changed what concerns a key: a resourceVersion that a watch brings is somebody else's unless one of our
 * writes was answered with it. The event may come before the answer, so the question is asked once the writes have ended.
 */
export class OthersChanges {
  readonly #seen = new Map<ObjectKey, Seen>();

  brought(key: ObjectKey, resourceVersion: string): void {
    this.#of(key).brought.add(resourceVersion);
  }

  wrote(key: ObjectKey, resourceVersion: string): void {
    this.#of(key).own.add(resourceVersion);
  }

  /** Whether others changed something since this was last asked for the key. */
  take(key: ObjectKey): boolean {
    const seen = this.#seen.get(key);
    if (seen === undefined) return false;
    const isOurs = (version: string): boolean =>
      seen.own.has(version) || seen.ownBefore.has(version);
    const byOthers = [...seen.brought].some((version) => !isOurs(version));
    seen.brought = new Set();
    seen.ownBefore = seen.own;
    seen.own = new Set();
    return byOthers;
  }

  forget(key: ObjectKey): void {
    this.#seen.delete(key);
  }

  #of(key: ObjectKey): Seen {
    const known = this.#seen.get(key);
    if (known !== undefined) return known;
    const seen: Seen = { brought: new Set(), own: new Set(), ownBefore: new Set() };
    this.#seen.set(key, seen);
    return seen;
  }
}
