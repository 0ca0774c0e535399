import { OperatingError } from "../../../src/api/errors/operating-error.ts";
import type { ErrorCode } from "../../../src/api/errors/table.ts";
import type { KubeKind, KubeRef } from "../../../src/runtime/kube/kube-kind.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import type {
  ApplyOptions,
  CallOptions,
  DeleteOptions,
  KubeList,
  KubePatch,
  KubeTransport,
  ListOptions,
  Selection,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from "../../../src/runtime/ports/kube-transport.ts";
import { cloneJson } from "./clone-json.ts";
import { FakeStore } from "./fake-store.ts";
import type { FakeWatch } from "./fake-watch.ts";
import { FakeWatches, tellWatch } from "./fake-watches.ts";
import { applyJsonPatch } from "./json-patch.ts";
import { mergePatch } from "./merge-patch.ts";
import { isSelected } from "./selected-object.ts";
import {
  checkVersion,
  hasStatusApart,
  idOf,
  idOfKey,
  shape,
  type Stored,
  typed,
} from "./stored-object.ts";

export interface FakeCall {
  readonly verb: "get" | "list" | "watch" | "create" | "apply" | "patch" | "delete";
  readonly kind: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

/**
 * An API server in memory as far as our port can see one: resourceVersions, generations, server-side apply with field owners,
 * preconditions, finalizers, watches with history. No validation, no defaults: what needs those runs on the real one. Nothing lives
 * in it by itself; the stand-ins beside it play Kubernetes' controllers where a story needs them.
 */
export class FakeKube implements KubeTransport {
  readonly calls: FakeCall[] = [];
  /** Consulted before every call; throw to fail it, wait to delay it. */
  intercept: ((call: FakeCall) => Promise<void> | void) | undefined;
  /** Consulted after a write took effect and before its answer: throw to lose the answer, as a crash or a reset does. */
  interceptAnswer: ((call: FakeCall) => Promise<void> | void) | undefined;
  /** False: answers streaming lists as an older server does. */
  canStreamList = true;
  readonly #watches = new FakeWatches();
  readonly #store: FakeStore;

  /**
   * @param nowMs what the server stamps objects with; a fixed moment unless given.
   * @param from another one, whose objects this one begins with; of its history it knows nothing.
   */
  constructor(nowMs: () => number = () => Date.UTC(2026, 0, 1), from?: FakeKube) {
    const before = from === undefined ? undefined : from.#store;
    this.#store = new FakeStore({ onChange: (one) => this.#watches.tell(one), nowMs }, before);
  }

  /** Moves with every change of any object. */
  get revision(): number {
    return this.#store.revision;
  }

  /** Puts an object as another writer would; gives it as stored. */
  put<T extends KubeObject>(kind: KubeKind, object: T): T {
    const live = this.#store.get(idOf(kind, object.metadata));
    return this.#store.keep(kind, live, typed(kind, object), true) as T & Stored;
  }

  /** All objects of a kind, by key. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- as the port's own reads
  all<T extends KubeObject>(kind: KubeKind): readonly T[] {
    return this.peek<T>(kind).map(cloneJson);
  }

  /** As {@link all}, but the stored objects themselves: to look at, and many times faster. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- as the port's own reads
  peek<T extends KubeObject>(kind: KubeKind): readonly T[] {
    return this.#store.all(kind) as unknown as readonly T[];
  }

  /** Removes an object at once, finalizers or not. */
  remove(kind: KubeKind, key: string): void {
    const live = this.#store.get(idOfKey(kind, key));
    if (live !== undefined) this.#store.drop(kind, live);
  }

  /** Sends a bookmark on every watch. */
  bookmark(): void {
    this.#watches.bookmark(this.#bookmark(false));
  }

  /** From now on watches of this kind hear nothing, until {@link releaseWatches}: their caches fall behind. */
  holdWatches(kind: KubeKind): void {
    this.#watches.hold(kind);
  }

  releaseWatches(kind: KubeKind): void {
    this.#watches.release(kind);
  }

  endWatches(): void {
    this.#watches.end();
  }

  breakWatches(code: ErrorCode): void {
    this.#watches.break(code);
  }

  /** Forgets the history: watches from before now are answered with KUBE_GONE. */
  compact(): void {
    this.#store.compact();
  }

  get openWatches(): number {
    return this.#watches.size;
  }

  async get<T extends KubeObject>(ref: KubeRef, options: CallOptions): Promise<T | undefined> {
    await this.#enter("get", ref.kind, ref, options);
    const found = this.#store.get(idOf(ref.kind, ref));
    return found === undefined ? undefined : (cloneJson(found) as unknown as T);
  }

  async list<T extends KubeObject>(
    selection: Selection,
    options: ListOptions,
  ): Promise<KubeList<T>> {
    await this.#enter("list", selection.kind, selection, options);
    const items = this.all<T>(selection.kind).filter((object) => isSelected(selection, object));
    const [from = 0, revision] = (options.continue ?? "0").split("@").map(Number);
    if (revision !== undefined) {
      this.#store.checkKnown(revision, "The provided continue parameter is too old");
    }
    const end = options.limit === undefined ? items.length : from + options.limit;
    return {
      items: items.slice(from, end),
      resourceVersion: String(this.#store.revision),
      ...(end < items.length ? { continue: `${end}@${this.#store.revision}` } : {}),
    };
  }

  async *watch<T extends KubeObject>(
    selection: Selection,
    options: WatchOptions,
  ): AsyncGenerator<WatchEvent<T>, void, undefined> {
    await this.#enter("watch", selection.kind, selection, options);
    if (options.sendInitialEvents === true && !this.canStreamList) {
      throw new OperatingError("KUBE_INVALID", "sendInitialEvents is forbidden for watch");
    }
    const watch = this.#watches.open(selection, (fresh) => this.#fill(fresh, selection, options));
    try {
      yield* watch.events(options.signal) as AsyncGenerator<WatchEvent<T>, void, undefined>;
    } finally {
      this.#watches.close(watch);
    }
  }

  async create<T extends KubeObject>(kind: KubeKind, object: T, options: WriteOptions): Promise<T> {
    const call = await this.#enter("create", kind, object.metadata, options);
    if (this.#store.get(idOf(kind, object.metadata)) !== undefined) {
      throw new OperatingError("KUBE_ALREADY_EXISTS", `${object.metadata.name} already exists`);
    }
    const stored = this.#write(kind, undefined, typed(kind, object), options);
    return this.#answer(call, stored as unknown as T);
  }

  async apply<T extends KubeObject>(kind: KubeKind, object: T, options: ApplyOptions): Promise<T> {
    const call = await this.#enter("apply", kind, object.metadata, options);
    const id = idOf(kind, object.metadata);
    const live = this.#store.get(id);
    checkVersion(live, object.metadata);
    const mustExist = options.subresource !== undefined || object.metadata.uid !== undefined;
    if (live === undefined && mustExist) {
      throw new OperatingError("KUBE_NOT_FOUND", `${object.metadata.name} not found`);
    }
    const owners = this.#store.ownersOf(id);
    const manager = `${options.fieldManager ?? "orchestrator"}/${options.subresource ?? ""}`;
    const base = live ?? { metadata: { name: object.metadata.name } };
    const wanted = fieldsOf(kind, object, options.subresource);
    const merged = owners.apply({ ...base }, wanted, manager, options.force ?? true);
    if (options.dryRun !== true) this.#store.setOwners(id, owners);
    const stored = this.#write(kind, live, merged as unknown as Stored, options);
    return this.#answer(call, stored as unknown as T);
  }

  async patch<T extends KubeObject>(
    ref: KubeRef,
    patch: KubePatch,
    options: WriteOptions,
  ): Promise<T> {
    const call = await this.#enter("patch", ref.kind, ref, options);
    const live = this.#store.get(idOf(ref.kind, ref));
    if (live === undefined) throw new OperatingError("KUBE_NOT_FOUND", `${ref.name} not found`);
    const next =
      patch.type === "json"
        ? applyJsonPatch(live, patch.operations)
        : (mergePatch(live, patch.patch) as Stored);
    checkVersion(live, next.metadata);
    const stored = this.#write(ref.kind, live, next, options);
    return this.#answer(call, stored as unknown as T);
  }

  async delete(ref: KubeRef, options: DeleteOptions): Promise<boolean> {
    const call = await this.#enter("delete", ref.kind, ref, options);
    const live = this.#store.get(idOf(ref.kind, ref));
    if (live === undefined) return false;
    checkVersion(live, options);
    if (options.dryRun === true) return true;
    if ((live.metadata.finalizers ?? []).length === 0) {
      this.#store.drop(ref.kind, live);
    } else if (live.metadata.deletionTimestamp === undefined) {
      const metadata = { ...live.metadata, deletionTimestamp: this.#store.timestamp };
      this.#store.keep(ref.kind, live, { ...live, metadata });
    }
    return this.#answer(call, true);
  }

  async #enter(
    verb: FakeCall["verb"],
    kind: KubeKind,
    at: { readonly namespace?: string; readonly name?: string },
    options: CallOptions & { readonly subresource?: string },
  ): Promise<FakeCall> {
    options.signal.throwIfAborted();
    const call: FakeCall = {
      verb,
      kind: kind.kind,
      ...(at.namespace === undefined ? {} : { namespace: at.namespace }),
      ...(at.name === undefined ? {} : { name: at.name }),
      ...(options.subresource === undefined ? {} : { subresource: options.subresource }),
    };
    this.calls.push(call);
    await this.intercept?.(call);
    options.signal.throwIfAborted();
    return call;
  }

  async #answer<R>(call: FakeCall, result: R): Promise<R> {
    await this.interceptAnswer?.(call);
    return result;
  }

  /** Stores what a call wrote; an object without its last finalizer goes. */
  #write(kind: KubeKind, live: Stored | undefined, next: Stored, options: WriteOptions): Stored {
    const shaped = shape(kind, live, next, options.subresource);
    if (options.dryRun === true) return cloneJson(shaped);
    const stored = this.#store.keep(kind, live, shaped);
    const { deletionTimestamp, finalizers = [] } = stored.metadata;
    if (deletionTimestamp !== undefined && finalizers.length === 0) this.#store.drop(kind, stored);
    return cloneJson(stored);
  }

  /** What a new watch hears first: the objects there are, or what changed since its version. */
  #fill(watch: FakeWatch, selection: Selection, options: WatchOptions): void {
    if (options.resourceVersion !== undefined) {
      const changes = this.#store.changesSince(Number(options.resourceVersion));
      for (const change of changes) tellWatch(watch, change);
      return;
    }
    for (const object of this.all(selection.kind)) {
      if (watch.accepts(object)) watch.push({ type: "ADDED", object });
    }
    if (options.sendInitialEvents === true) watch.push(this.#bookmark(true));
  }

  #bookmark(initialEventsEnd: boolean): WatchEvent<KubeObject> {
    return { type: "BOOKMARK", resourceVersion: String(this.#store.revision), initialEventsEnd };
  }
}

/** The fields that an apply owns: no identity, and of spec and status only what this door is for. */
function fieldsOf(
  kind: KubeKind,
  object: KubeObject,
  subresource: string | undefined,
): Record<string, unknown> {
  const { uid: _uid, resourceVersion: _version, ...metadata } = object.metadata;
  const { spec, status, ...rest }: Stored = typed(kind, object);
  const isStatus = subresource === "status";
  return {
    ...rest,
    metadata,
    ...(isStatus || spec === undefined ? {} : { spec }),
    ...(status === undefined || (!isStatus && hasStatusApart(kind)) ? {} : { status }),
  };
}
