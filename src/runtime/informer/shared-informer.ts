import type { OperatingError } from "../../api/errors/operating-error.ts";
import { gvkOf, type KubeKind } from "../kube/kube-kind.ts";
import { keyOf, type KubeObject, type ObjectKey } from "../kube/kube-object.ts";
import { compareResourceVersions } from "../kube/resource-version.ts";
import { sleep } from "../ports/clock.ts";
import { informerMetrics } from "./informer-metrics.ts";
import type { Change, ChangeHandler, IndexBy, Informer } from "./informer.ts";
import { Reflector, type ReflectorParts, type ReflectorSink } from "./reflector.ts";
import { Store } from "./store.ts";
import { deepFreeze, dropBookkeeping, type Transform } from "./transform.ts";
import type { Meter } from "../ports/meter.ts";

const RESYNC_MS = 10 * 3_600_000;
const RESYNC_SPREAD = 0.1;

export interface InformerOptions<T extends KubeObject> {
  /** Named lookups; see `indexes.ts`. */
  readonly indexes?: Readonly<Record<string, IndexBy<T>>>;
  /** What is kept of each object; default {@link dropBookkeeping}. */
  readonly transform?: Transform<T>;
  /** True for an update that nobody needs to hear of (a heartbeat); the store keeps the older object. */
  readonly isNoise?: (previous: T, next: T) => boolean;
}

export type SharedInformerParts<T extends KubeObject> = Omit<
  ReflectorParts<T>,
  "sink" | "metrics"
> & {
  readonly meter: Meter;
  /** Freeze what is stored (tests). */
  readonly freeze: boolean;
};

/** The cache of one selection with its handlers, fed by one {@link Reflector}. */
export class SharedInformer<T extends KubeObject> implements Informer<T>, ReflectorSink<T> {
  readonly kind: KubeKind;
  readonly #parts: SharedInformerParts<T>;
  readonly #transform: Transform<T>;
  readonly #isNoise: (previous: T, next: T) => boolean;
  readonly #store = new Store<T>();
  readonly #handlers = new Set<ChangeHandler<T>>();
  readonly #reflector: Reflector<T>;
  readonly #metrics;
  readonly #synced = Promise.withResolvers<true>();
  #hasSynced = false;

  constructor(parts: SharedInformerParts<T>, options: InformerOptions<T>) {
    this.kind = parts.selection.kind;
    this.#parts = parts;
    this.#transform = options.transform ?? dropBookkeeping;
    this.#isNoise = options.isNoise ?? ((): boolean => false);
    this.#metrics = informerMetrics(parts.meter, gvkOf(this.kind));
    this.#reflector = new Reflector<T>({ ...parts, sink: this, metrics: this.#metrics });
    this.addIndexes(options.indexes ?? {});
  }

  addIndexes(indexes: Readonly<Record<string, IndexBy<T>>>): void {
    for (const [name, by] of Object.entries(indexes)) this.#store.addIndex(name, by);
  }

  /** Follows the API server until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#reflector.run(signal), this.#resyncLoop(signal)]);
  }

  hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** Resolves once the first list is complete. */
  whenSynced(): Promise<true> {
    return this.#synced.promise;
  }

  /** Why it is not synced, when it is not. */
  get lastError(): OperatingError | undefined {
    return this.#reflector.lastError;
  }

  get activeAtMs(): number {
    return this.#reflector.activeAtMs;
  }

  get size(): number {
    return this.#store.size;
  }

  get(key: ObjectKey): T | undefined {
    return this.#store.get(key);
  }

  list(): Iterable<T> {
    return this.#store.values();
  }

  byIndex(index: string, value: string): readonly T[] {
    return this.#store.byIndex(index, value);
  }

  onChange(handler: ChangeHandler<T>): () => void {
    this.#handlers.add(handler);
    for (const object of this.#store.values()) {
      this.#tell(handler, { kind: "added", object, initial: true });
    }
    return () => void this.#handlers.delete(handler);
  }

  /** Compares by UID, so that an object deleted and made again between two lists is told as such. */
  replace(objects: readonly T[]): void {
    const listed = new Set<ObjectKey>();
    for (const object of objects) listed.add(keyOf(object));
    for (const object of [...this.#store.values()]) {
      if (!listed.has(keyOf(object))) this.#forget(object);
    }
    const initial = !this.#hasSynced;
    for (const object of objects) this.#learn(object, initial);
    this.#hasSynced = true;
    this.#synced.resolve(true);
  }

  upsert(object: T): void {
    this.#learn(object, false);
  }

  remove(object: T): void {
    const known = this.#store.get(keyOf(object));
    // A deletion of an older namesake says nothing about the one we know.
    if (known === undefined || known.metadata.uid !== object.metadata.uid) return;
    this.#store.remove(keyOf(object));
    this.#emit({ kind: "deleted", object: this.#keep(object) });
  }

  #learn(raw: T, initial: boolean): void {
    const previous = this.#store.get(keyOf(raw));
    if (previous === undefined) {
      this.#add(raw, initial);
      return;
    }
    if (previous.metadata.uid !== raw.metadata.uid) {
      this.#forget(previous);
      this.#add(raw, false);
      return;
    }
    if (!isNewer(raw, previous)) return;
    const object = this.#keep(raw);
    if (this.#isNoise(previous, object)) return;
    this.#store.set(object);
    this.#emit({ kind: "updated", object, previous });
  }

  #add(raw: T, initial: boolean): void {
    const object = this.#keep(raw);
    this.#store.set(object);
    this.#emit({ kind: "added", object, initial });
  }

  #forget(object: T): void {
    this.#store.remove(keyOf(object));
    this.#emit({ kind: "deleted", object });
  }

  #keep(raw: T): T {
    const object = this.#transform(raw);
    return this.#parts.freeze ? deepFreeze(object) : object;
  }

  #emit(change: Change<T>): void {
    for (const handler of this.#handlers) this.#tell(handler, change);
  }

  #tell(handler: ChangeHandler<T>, change: Change<T>): void {
    try {
      handler(change);
    } catch (error) {
      this.#metrics.handlerFailed();
      this.#parts.logger.error("A change handler failed and was skipped.", {
        error,
        gvk: gvkOf(this.kind),
      });
    }
  }

  async #resyncLoop(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#parts;
    const isOver = (): boolean => signal.aborted;
    while (!isOver()) {
      const delayMs = RESYNC_MS * (1 + RESYNC_SPREAD * (2 * random.next() - 1));
      await sleep(clock, delayMs, signal).catch(() => undefined);
      if (isOver()) return;
      for (const object of this.#store.values()) this.#emit({ kind: "resync", object });
    }
  }
}

/** False for what is known already or older, as a lagging API server may send it. */
function isNewer(next: KubeObject, previous: KubeObject): boolean {
  const a = next.metadata.resourceVersion ?? "";
  const b = previous.metadata.resourceVersion ?? "";
  return (compareResourceVersions(a, b) ?? 1) > 0;
}
