import { invariant } from "../../api/invariant.ts";
import { keyOf, type KubeObject, type ObjectKey } from "../kube/kube-object.ts";
import type { IndexBy } from "./informer.ts";

/** Objects by key, and by the values of named indexes. Lookups are O(1); a change costs its index values. */
export class Store<T extends KubeObject> {
  readonly #objects = new Map<ObjectKey, T>();
  readonly #indexes = new Map<string, Index<T>>();

  get size(): number {
    return this.#objects.size;
  }

  addIndex(name: string, by: IndexBy<T>): void {
    const known = this.#indexes.get(name);
    if (known !== undefined) {
      invariant(known.by === by, `index ${name} has one definition`);
      return;
    }
    const index = new Index(by);
    for (const [key, object] of this.#objects) index.add(key, object);
    this.#indexes.set(name, index);
  }

  get(key: ObjectKey): T | undefined {
    return this.#objects.get(key);
  }

  values(): Iterable<T> {
    return this.#objects.values();
  }

  byIndex(name: string, value: string): readonly T[] {
    const index = this.#indexes.get(name);
    invariant(index !== undefined, `index ${name} was given at creation`);
    const keys = index.keys(value);
    if (keys === undefined) return [];
    const found: T[] = [];
    for (const key of keys) found.push(this.#objects.get(key)!);
    return found;
  }

  set(object: T): void {
    const key = keyOf(object);
    const previous = this.#objects.get(key);
    this.#objects.set(key, object);
    for (const index of this.#indexes.values()) {
      if (previous !== undefined) index.remove(key, previous);
      index.add(key, object);
    }
  }

  remove(key: ObjectKey): void {
    const previous = this.#objects.get(key);
    if (previous === undefined) return;
    this.#objects.delete(key);
    for (const index of this.#indexes.values()) index.remove(key, previous);
  }
}

class Index<T extends KubeObject> {
  readonly by: IndexBy<T>;
  readonly #keysByValue = new Map<string, Set<ObjectKey>>();

  constructor(by: IndexBy<T>) {
    this.by = by;
  }

  keys(value: string): ReadonlySet<ObjectKey> | undefined {
    return this.#keysByValue.get(value);
  }

  add(key: ObjectKey, object: T): void {
    for (const value of this.by(object)) {
      const keys = this.#keysByValue.get(value);
      if (keys === undefined) this.#keysByValue.set(value, new Set([key]));
      else keys.add(key);
    }
  }

  remove(key: ObjectKey, object: T): void {
    for (const value of this.by(object)) {
      const keys = this.#keysByValue.get(value);
      if (keys === undefined) continue;
      keys.delete(key);
      if (keys.size === 0) this.#keysByValue.delete(value);
    }
  }
}
