import { gvkOf, type KubeKind, type KubeRef, refOf } from "../kube/kube-kind.ts";
import { keyOf, type KubeObject, type ObjectKey } from "../kube/kube-object.ts";
import { compareResourceVersions } from "../kube/resource-version.ts";
import type { Informer } from "../informer/informer.ts";
import type { Clock } from "../ports/clock.ts";
import type { KubeReader } from "../ports/kube-transport.ts";
import type { WriteLog } from "./reconciler.ts";

/** After this time one live read decides whether the cache is behind. */
const LIVE_READ_AFTER_MS = 5_000;
/** After this time a write is forgotten: a cache that is so late is the watchdog's business. */
const FORGET_AFTER_MS = 60_000;

type Written =
  | { readonly kind: "stored"; readonly resourceVersion: string; readonly uid: string }
  | { readonly kind: "deleted"; readonly uid: string };

interface Pending {
  readonly ref: KubeRef;
  readonly objectKey: ObjectKey;
  readonly written: Written;
  readonly atMs: number;
}

/**
 * What each key wrote and the caches have not shown yet. A reconcile that read an older cache would create twice or scale twice;
 * it is put off until the cache has caught up. Kinds without a cache are not remembered.
 */
export class OwnWrites {
  readonly #clock: Clock;
  readonly #reader: KubeReader;
  readonly #caches = new Map<string, Informer<KubeObject>[]>();
  readonly #pending = new Map<ObjectKey, Map<string, Pending>>();

  constructor(clock: Clock, reader: KubeReader) {
    this.#clock = clock;
    this.#reader = reader;
  }

  /** Caches in which writes of this kind must show up. */
  watch(informer: Informer<KubeObject>): void {
    const gvk = gvkOf(informer.kind);
    const known = this.#caches.get(gvk);
    if (known === undefined) this.#caches.set(gvk, [informer]);
    else if (!known.includes(informer)) known.push(informer);
  }

  /** The log for one reconcile of `key`. */
  logFor(key: ObjectKey): WriteLog {
    return {
      wrote: (kind, stored) =>
        this.#remember(key, kind, stored, {
          kind: "stored",
          resourceVersion: stored.metadata.resourceVersion ?? "",
          uid: stored.metadata.uid ?? "",
        }),
      deleted: (kind, last) =>
        this.#remember(key, kind, last, { kind: "deleted", uid: last.metadata.uid ?? "" }),
    };
  }

  /** The first object whose cache is behind what `key` wrote, or `undefined` when `key` may be worked on. */
  async firstUnseen(key: ObjectKey, signal: AbortSignal): Promise<string | undefined> {
    const pending = this.#pending.get(key);
    if (pending === undefined) return undefined;
    for (const [id, one] of pending) {
      if (!(await this.#isSeen(one, signal))) return id;
      pending.delete(id);
    }
    this.#pending.delete(key);
    return undefined;
  }

  forget(key: ObjectKey): void {
    this.#pending.delete(key);
  }

  #remember(key: ObjectKey, kind: KubeKind, object: KubeObject, written: Written): void {
    if (!this.#caches.has(gvkOf(kind))) return;
    const objectKey = keyOf(object);
    const pending = this.#pending.get(key) ?? new Map<string, Pending>();
    pending.set(`${gvkOf(kind)} ${objectKey}`, {
      ref: refOf(kind, objectKey),
      objectKey,
      written,
      atMs: this.#clock.monotonicMs(),
    });
    this.#pending.set(key, pending);
  }

  async #isSeen(one: Pending, signal: AbortSignal): Promise<boolean> {
    const cached = this.#cached(one);
    if (shows(cached, one.written)) return true;
    const ageMs = this.#clock.monotonicMs() - one.atMs;
    if (ageMs > FORGET_AFTER_MS) return true;
    if (ageMs < LIVE_READ_AFTER_MS) return false;
    const live = await this.#reader.get<KubeObject>(one.ref, { signal });
    return isSameState(live, cached);
  }

  #cached(one: Pending): KubeObject | undefined {
    for (const informer of this.#caches.get(gvkOf(one.ref.kind)) ?? []) {
      const object = informer.get(one.objectKey);
      if (object !== undefined) return object;
    }
    return undefined;
  }
}

function shows(cached: KubeObject | undefined, written: Written): boolean {
  if (written.kind === "deleted") {
    if (cached === undefined || cached.metadata.uid !== written.uid) return true;
    // Finalizers or a grace period keep it for a while: seen as being deleted is seen.
    return cached.metadata.deletionTimestamp !== undefined;
  }
  if (cached === undefined) return false;
  const { uid, resourceVersion = "" } = cached.metadata;
  const order = compareResourceVersions(resourceVersion, written.resourceVersion);
  if (uid !== written.uid) return order !== undefined && order > 0;
  return order !== undefined && order >= 0;
}

function isSameState(a: KubeObject | undefined, b: KubeObject | undefined): boolean {
  return (
    a?.metadata.uid === b?.metadata.uid &&
    a?.metadata.resourceVersion === b?.metadata.resourceVersion
  );
}
