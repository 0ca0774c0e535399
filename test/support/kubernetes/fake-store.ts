import { OperatingError } from "../../../src/api/errors/operating-error.ts";
import { gvkOf, type KubeKind } from "../../../src/runtime/kube/kube-kind.ts";
import type { ObjectMeta } from "../../../src/runtime/kube/kube-object.ts";
import { SeededRandom } from "../seeded-random.ts";
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

/** The objects of the fake, who owns their fields, and their history. */
export class FakeStore {
  /** What the server stamps objects with. */
  readonly timestamp = "2026-01-01T00:00:00Z";
  readonly #random = new SeededRandom(1);
  readonly #objects = new Map<string, Stored>();
  readonly #owners = new Map<string, FieldOwnership>();
  readonly #onChange: (change: Change) => void;
  #history: Change[] = [];
  #revision = 100;
  #compactedBefore = 0;

  constructor(onChange: (change: Change) => void) {
    this.#onChange = onChange;
  }

  get revision(): number {
    return this.#revision;
  }

  get(id: string): Stored | undefined {
    return this.#objects.get(id);
  }

  /** All objects of a kind, by key. */
  all(kind: KubeKind): readonly Stored[] {
    const prefix = idOfKey(kind, "");
    return [...this.#objects]
      .filter(([id]) => id.startsWith(prefix))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, object]) => structuredClone(object));
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
    const stored: Stored = structuredClone({ ...next, metadata: { ...metadata, resourceVersion } });
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
    this.#onChange(change);
  }
}
