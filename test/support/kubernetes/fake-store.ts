import { OperatingError } from "../../../src/api/errors/operating-error.ts";
import { gvkOf, type KubeKind } from "../../../src/runtime/kube/kube-kind.ts";
import type { ObjectMeta } from "../../../src/runtime/kube/kube-object.ts";
import { formatTime } from "../../../src/runtime/status/condition.ts";
import { SeededRandom } from "../seeded-random.ts";
import { cloneJson } from "./clone-json.ts";
import { FieldOwnership } from "./field-ownership.ts";
import { idOf, idOfKey, nextGeneration, type Stored } from "./stored-object.ts";

/** One change of one object, in the history. */
export interface Change {
  readonly revision: number;
  readonly gvk: string;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: Stored;
  readonly previous: Stored | undefined;
}

export interface StoreParts {
  readonly onChange: (change: Change) => void;
  readonly nowMs: () => number;
}

/** The objects of the fake, who owns their fields, and their history. */
export class FakeStore {
  readonly #random: SeededRandom;
  readonly #objects: Map<string, Stored>;
  readonly #owners: Map<string, FieldOwnership>;
  readonly #parts: StoreParts;
  #history: Change[] = [];
  #revision: number;
  #compactedBefore: number;

  /** @param from whose objects this one begins with; of its history it knows nothing. */
  constructor(parts: StoreParts, from?: FakeStore) {
    this.#parts = parts;
    this.#revision = from?.revision ?? 100;
    this.#compactedBefore = from?.revision ?? 0;
    this.#random = new SeededRandom(this.#revision);
    this.#objects = new Map(from === undefined ? [] : from.#objects);
    const owners = from === undefined ? [] : [...from.#owners];
    this.#owners = new Map(owners.map(([id, owned]) => [id, owned.copy()]));
  }

  /** What the server stamps objects with. */
  get timestamp(): string {
    return formatTime(this.#parts.nowMs());
  }

  get revision(): number {
    return this.#revision;
  }

  get(id: string): Stored | undefined {
    return this.#objects.get(id);
  }

  /** All objects of a kind, by key; the stored ones, not to be changed. */
  all(kind: KubeKind): readonly Stored[] {
    const prefix = idOfKey(kind, "");
    return [...this.#objects]
      .filter(([id]) => id.startsWith(prefix))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, object]) => object);
  }

  ownersOf(id: string): FieldOwnership {
    return this.#owners.get(id) ?? new FieldOwnership();
  }

  setOwners(id: string, owners: FieldOwnership): void {
    this.#owners.set(id, owners);
  }

  /** Keeps `next`. An unchanged object keeps its resourceVersion, unless somebody else wrote it. */
  keep(kind: KubeKind, live: Stored | undefined, next: Stored, byOther = false): Stored {
    const metadata: ObjectMeta = {
      ...next.metadata,
      uid: live?.metadata.uid ?? this.#random.uuid(),
      creationTimestamp: live?.metadata.creationTimestamp ?? this.timestamp,
      generation: nextGeneration(live, next),
      ...(live === undefined ? {} : { resourceVersion: live.metadata.resourceVersion ?? "" }),
    };
    const same =
      live !== undefined && JSON.stringify({ ...next, metadata }) === JSON.stringify(live);
    if (same && !byOther) return live;
    const resourceVersion = String(++this.#revision);
    const stored: Stored = cloneJson({ ...next, metadata: { ...metadata, resourceVersion } });
    this.#objects.set(idOf(kind, metadata), stored);
    this.#record(kind, live === undefined ? "ADDED" : "MODIFIED", stored, live);
    return stored;
  }

  /** Removes an object at once, finalizers or not. */
  drop(kind: KubeKind, live: Stored): void {
    const id = idOf(kind, live.metadata);
    this.#objects.delete(id);
    this.#owners.delete(id);
    const metadata = { ...live.metadata, resourceVersion: String(++this.#revision) };
    this.#record(kind, "DELETED", { ...live, metadata }, live);
  }

  /** What changed after a revision. @throws {OperatingError} KUBE_GONE when that is forgotten. */
  changesSince(revision: number): readonly Change[] {
    this.checkKnown(revision, "too old resource version");
    return this.#history.filter((change) => change.revision > revision);
  }

  /** @throws {OperatingError} KUBE_GONE when the history up to this revision is forgotten. */
  checkKnown(revision: number, message: string): void {
    if (revision < this.#compactedBefore) throw new OperatingError("KUBE_GONE", message);
  }

  /** Forgets the history. */
  compact(): void {
    this.#history = [];
    this.#compactedBefore = this.#revision;
  }

  #record(
    kind: KubeKind,
    type: Change["type"],
    object: Stored,
    previous: Stored | undefined,
  ): void {
    const change = { revision: this.#revision, gvk: gvkOf(kind), type, object, previous };
    this.#history.push(change);
    this.#parts.onChange(change);
  }
}
