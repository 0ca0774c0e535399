import { OperatingError } from "../../../src/api/errors/operating-error.ts";
import type { ErrorCode } from "../../../src/api/errors/table.ts";
import {
  apiVersionOf,
  gvkOf,
  type KubeKind,
  type KubeRef,
} from "../../../src/runtime/kube/kube-kind.ts";
import {
  objectKey,
  type KubeObject,
  type ObjectMeta,
} from "../../../src/runtime/kube/kube-object.ts";
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
import { SeededRandom } from "../seeded-random.ts";
import { FakeWatch } from "./fake-watch.ts";
import { FieldOwnership } from "./field-ownership.ts";
import { applyJsonPatch } from "./json-patch.ts";
import { matchesLabels } from "./label-selector.ts";

type Stored = KubeObject & { spec?: unknown; status?: unknown };
type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface FakeCall {
  readonly verb: "get" | "list" | "watch" | "create" | "apply" | "patch" | "delete";
  readonly kind: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
}

interface Recorded {
  readonly revision: number;
  readonly gvk: string;
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: Stored;
  readonly previous: Stored | undefined;
}

/** Kinds that keep `status` in the object itself. */
const WITHOUT_STATUS = new Set(["configmaps", "secrets", "leases", "events", "serviceaccounts"]);

/**
 * An API server in memory as far as our port can see one: resourceVersions, generations, server-side apply with field owners,
 * preconditions, finalizers, watches with history. No validation, no defaults, no garbage collection: what needs those runs on the
 * real one.
 */
export class FakeKube implements KubeTransport {
  readonly calls: FakeCall[] = [];
  /** Consulted before every call; throw to fail it, wait to delay it. */
  intercept: ((call: FakeCall) => Promise<void> | void) | undefined;
  /** Consulted after a write took effect and before its answer: throw to lose the answer, as a crash or a reset does. */
  interceptAnswer: ((call: FakeCall) => Promise<void> | void) | undefined;
  /** False: answers streaming lists as an older server does. */
  canStreamList = true;
  readonly #random = new SeededRandom(1);
  readonly #objects = new Map<string, Stored>();
  readonly #owners = new Map<string, FieldOwnership>();
  readonly #watches = new Map<FakeWatch, string>();
  readonly #heldKinds = new Set<string>();
  #history: Recorded[] = [];
  #revision = 100;
  #compactedBefore = 0;

  /** Puts an object as another writer would; gives it as stored. */
  put<T extends KubeObject>(kind: KubeKind, object: T): T {
    const id = idOf(kind, object.metadata);
    const live = this.#objects.get(id);
    return this.#store(kind, live, { ...typed(kind, object) }, true) as T & Stored;
  }

  /** All objects of a kind, by key. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- as the port's own reads
  all<T extends KubeObject>(kind: KubeKind): readonly T[] {
    const prefix = `${gvkOf(kind)}|`;
    return [...this.#objects]
      .filter(([id]) => id.startsWith(prefix))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, object]) => structuredClone(object) as unknown as T);
  }

  /** Removes an object at once, finalizers or not. */
  remove(kind: KubeKind, key: string): void {
    const id = `${gvkOf(kind)}|${key}`;
    const live = this.#objects.get(id);
    if (live !== undefined) this.#drop(kind, id, live);
  }

  /** Sends a bookmark on every watch. */
  bookmark(): void {
    for (const watch of this.#watches.keys()) watch.push(this.#bookmark(false));
  }

  /** From now on watches of this kind hear nothing, until {@link releaseWatches}: their caches fall behind. */
  holdWatches(kind: KubeKind): void {
    this.#heldKinds.add(gvkOf(kind));
    for (const [watch, gvk] of this.#watches) if (gvk === gvkOf(kind)) watch.hold();
  }

  releaseWatches(kind: KubeKind): void {
    this.#heldKinds.delete(gvkOf(kind));
    for (const [watch, gvk] of this.#watches) if (gvk === gvkOf(kind)) watch.release();
  }

  endWatches(): void {
    for (const watch of this.#watches.keys()) watch.end();
    this.#watches.clear();
  }

  breakWatches(code: ErrorCode): void {
    for (const watch of this.#watches.keys()) {
      watch.push({ type: "FAIL", error: new OperatingError(code, "broken by the test") });
    }
    this.#watches.clear();
  }

  /** Forgets the history: watches from before now are answered with KUBE_GONE. */
  compact(): void {
    this.#history = [];
    this.#compactedBefore = this.#revision;
  }

  get openWatches(): number {
    return this.#watches.size;
  }

  async get<T extends KubeObject>(ref: KubeRef, options: CallOptions): Promise<T | undefined> {
    await this.#enter("get", ref.kind, ref, options);
    const found = this.#objects.get(idOf(ref.kind, ref));
    return found === undefined ? undefined : (structuredClone(found) as unknown as T);
  }

  async list<T extends KubeObject>(
    selection: Selection,
    options: ListOptions,
  ): Promise<KubeList<T>> {
    await this.#enter("list", selection.kind, selection, options);
    const items = this.all<T>(selection.kind).filter((object) => matches(selection, object));
    const from = options.continue === undefined ? 0 : Number(options.continue.split("@")[0]);
    if (
      options.continue !== undefined &&
      Number(options.continue.split("@")[1]) < this.#compactedBefore
    ) {
      throw new OperatingError("KUBE_GONE", "The provided continue parameter is too old");
    }
    const end = options.limit === undefined ? items.length : from + options.limit;
    return {
      items: items.slice(from, end),
      resourceVersion: String(this.#revision),
      ...(end < items.length ? { continue: `${end}@${this.#revision}` } : {}),
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
    const gvk = gvkOf(selection.kind);
    const watch = new FakeWatch(
      (object) => gvkOfObject(object) === gvk && matches(selection, object),
    );
    this.#replay(watch, selection, options);
    this.#watches.set(watch, gvk);
    if (this.#heldKinds.has(gvk)) watch.hold();
    try {
      yield* watch.events(options.signal) as AsyncGenerator<WatchEvent<T>, void, undefined>;
    } finally {
      this.#watches.delete(watch);
    }
  }

  async create<T extends KubeObject>(kind: KubeKind, object: T, options: WriteOptions): Promise<T> {
    const call = await this.#enter("create", kind, object.metadata, options);
    if (this.#objects.has(idOf(kind, object.metadata))) {
      throw new OperatingError("KUBE_ALREADY_EXISTS", `${object.metadata.name} already exists`);
    }
    const stored = this.#write(kind, undefined, typed(kind, object), options);
    return this.#answer(call, stored as unknown as T);
  }

  async apply<T extends KubeObject>(kind: KubeKind, object: T, options: ApplyOptions): Promise<T> {
    const call = await this.#enter("apply", kind, object.metadata, options);
    const id = idOf(kind, object.metadata);
    const live = this.#objects.get(id);
    this.#check(live, object.metadata);
    if (
      live === undefined &&
      (options.subresource !== undefined || object.metadata.uid !== undefined)
    ) {
      throw new OperatingError("KUBE_NOT_FOUND", `${object.metadata.name} not found`);
    }
    const owners = this.#owners.get(id) ?? new FieldOwnership();
    const manager = `${options.fieldManager ?? "orchestrator"}/${options.subresource ?? ""}`;
    const { uid: _uid, resourceVersion: _version, ...metadata } = object.metadata;
    const wanted = { ...typed(kind, object), metadata } as unknown as Record<string, unknown>;
    if (options.subresource === "status") delete wanted["spec"];
    else if (!WITHOUT_STATUS.has(kind.plural)) delete wanted["status"];
    const base = (live ?? { metadata: { name: metadata.name } }) as unknown as Record<
      string,
      unknown
    >;
    const merged = owners.apply(base, wanted, manager, options.force ?? true);
    if (options.dryRun !== true) this.#owners.set(id, owners);
    const stored = this.#write(kind, live, merged as unknown as Stored, options);
    return this.#answer(call, stored as unknown as T);
  }

  async patch<T extends KubeObject>(
    ref: KubeRef,
    patch: KubePatch,
    options: WriteOptions,
  ): Promise<T> {
    const call = await this.#enter("patch", ref.kind, ref, options);
    const live = this.#objects.get(idOf(ref.kind, ref));
    if (live === undefined) throw new OperatingError("KUBE_NOT_FOUND", `${ref.name} not found`);
    const next =
      patch.type === "json"
        ? applyJsonPatch(live, patch.operations)
        : (mergePatch(live, patch.patch) as Stored);
    this.#check(live, next.metadata);
    const stored = this.#write(ref.kind, live, next, options);
    return this.#answer(call, stored as unknown as T);
  }

  async delete(ref: KubeRef, options: DeleteOptions): Promise<boolean> {
    const call = await this.#enter("delete", ref.kind, ref, options);
    const id = idOf(ref.kind, ref);
    const live = this.#objects.get(id);
    if (live === undefined) return false;
    const { uid = live.metadata.uid, resourceVersion = live.metadata.resourceVersion } = options;
    if (uid !== live.metadata.uid || resourceVersion !== live.metadata.resourceVersion) {
      throw new OperatingError("KUBE_CONFLICT", "the precondition does not match");
    }
    if (options.dryRun === true) return true;
    if ((live.metadata.finalizers ?? []).length === 0) {
      this.#drop(ref.kind, id, live);
    } else if (live.metadata.deletionTimestamp === undefined) {
      const metadata = { ...live.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" };
      this.#store(ref.kind, live, { ...live, metadata }, false);
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

  #check(live: Stored | undefined, { uid, resourceVersion }: ObjectMeta): void {
    if (live === undefined) return;
    const isOther = uid !== undefined && uid !== live.metadata.uid;
    const isOld =
      resourceVersion !== undefined && resourceVersion !== live.metadata.resourceVersion;
    if (isOther || isOld) throw new OperatingError("KUBE_CONFLICT", "the object has been modified");
  }

  #write(kind: KubeKind, live: Stored | undefined, next: Stored, options: WriteOptions): Stored {
    const shaped = shape(kind, live, next, options.subresource);
    if (options.dryRun === true) return structuredClone(shaped);
    const stored = this.#store(kind, live, shaped, false);
    const { deletionTimestamp, finalizers = [] } = stored.metadata;
    if (deletionTimestamp !== undefined && finalizers.length === 0) {
      this.#drop(kind, idOf(kind, stored.metadata), stored);
    }
    return structuredClone(stored);
  }

  /** Stores and tells watches; an unchanged object keeps its resourceVersion. */
  #store(kind: KubeKind, live: Stored | undefined, next: Stored, byOther: boolean): Stored {
    const metadata: Mutable<ObjectMeta> = { ...next.metadata };
    metadata.uid = live?.metadata.uid ?? this.#random.uuid();
    metadata.creationTimestamp = live?.metadata.creationTimestamp ?? "2026-01-01T00:00:00Z";
    metadata.generation = nextGeneration(live, next);
    if (live !== undefined) metadata.resourceVersion = live.metadata.resourceVersion ?? "";
    const same =
      live !== undefined && JSON.stringify({ ...next, metadata }) === JSON.stringify(live);
    if (same && !byOther) return live;
    metadata.resourceVersion = String(++this.#revision);
    const stored: Stored = structuredClone({ ...next, metadata });
    this.#objects.set(idOf(kind, metadata), stored);
    this.#tell(kind, live === undefined ? "ADDED" : "MODIFIED", stored, live);
    return stored;
  }

  #drop(kind: KubeKind, id: string, live: Stored): void {
    this.#objects.delete(id);
    this.#owners.delete(id);
    const metadata = { ...live.metadata, resourceVersion: String(++this.#revision) };
    this.#tell(kind, "DELETED", { ...live, metadata }, live);
  }

  #tell(
    kind: KubeKind,
    type: Recorded["type"],
    object: Stored,
    previous: Stored | undefined,
  ): void {
    const recorded = { revision: this.#revision, gvk: gvkOf(kind), type, object, previous };
    this.#history.push(recorded);
    for (const watch of this.#watches.keys()) send(watch, recorded);
  }

  #replay(watch: FakeWatch, selection: Selection, options: WatchOptions): void {
    if (options.resourceVersion === undefined) {
      for (const object of this.all(selection.kind)) {
        if (watch.accepts(object)) watch.push({ type: "ADDED", object });
      }
      if (options.sendInitialEvents === true) watch.push(this.#bookmark(true));
      return;
    }
    const from = Number(options.resourceVersion);
    if (from < this.#compactedBefore) {
      throw new OperatingError("KUBE_GONE", "too old resource version");
    }
    for (const recorded of this.#history) if (recorded.revision > from) send(watch, recorded);
  }

  #bookmark(initialEventsEnd: boolean): WatchEvent<KubeObject> {
    return { type: "BOOKMARK", resourceVersion: String(this.#revision), initialEventsEnd };
  }
}

/** An update that moves an object into or out of the selection is an addition or a deletion to its watchers. */
function send(watch: FakeWatch, { type, object, previous }: Recorded): void {
  const isIn = type !== "DELETED" && watch.accepts(object);
  const wasIn = previous !== undefined && watch.accepts(previous);
  const copy = structuredClone(object);
  if (isIn) watch.push({ type: wasIn ? "MODIFIED" : "ADDED", object: copy });
  else if (wasIn) watch.push({ type: "DELETED", object: copy });
}

function shape(
  kind: KubeKind,
  live: Stored | undefined,
  next: Stored,
  subresource: string | undefined,
): Stored {
  if (WITHOUT_STATUS.has(kind.plural)) return next;
  if (subresource === "status") return { ...(live ?? next), status: next.status };
  const { status: _status, ...rest } = next;
  return live?.status === undefined ? rest : { ...rest, status: live.status };
}

function nextGeneration(live: Stored | undefined, next: Stored): number {
  if (live === undefined) return 1;
  const generation = live.metadata.generation ?? 1;
  return JSON.stringify(live.spec) === JSON.stringify(next.spec) ? generation : generation + 1;
}

function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const base =
    typeof target === "object" && target !== null && !Array.isArray(target) ? target : {};
  const result: Record<string, unknown> = { ...base };
  for (const [field, value] of Object.entries(patch)) {
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- RFC 7386: null removes
    if (value === null) delete result[field];
    else result[field] = mergePatch(result[field], value);
  }
  return result;
}

function matches(selection: Selection, object: KubeObject): boolean {
  const { namespace, labelSelector, fieldSelector } = selection;
  if (namespace !== undefined && object.metadata.namespace !== namespace) return false;
  if (!matchesLabels(labelSelector, object.metadata.labels)) return false;
  return (fieldSelector ?? "")
    .split(",")
    .filter((term) => term !== "")
    .every((term) => {
      const [path = "", value = ""] = term.split("=");
      let at: unknown = object;
      for (const step of path.split(".")) at = (at as Record<string, unknown> | undefined)?.[step];
      return (typeof at === "string" ? at : "") === value;
    });
}

function idOf(kind: KubeKind, at: { readonly namespace?: string; readonly name: string }): string {
  return `${gvkOf(kind)}|${objectKey(at.namespace, at.name)}`;
}

function gvkOfObject(object: KubeObject): string {
  return `${object.apiVersion ?? ""}/${object.kind ?? ""}`;
}

function typed(kind: KubeKind, object: KubeObject): Stored {
  return { apiVersion: apiVersionOf(kind), kind: kind.kind, ...object };
}
