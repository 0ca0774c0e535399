import type { StoredVersion } from "../../domain/marathon/decide/marathon-app-seen.ts";
import type { AppPod } from "../../domain/marathon/status/app-pod.ts";
import { StoredVersions, versionsName } from "../../domain/marathon/versions/stored-versions.ts";
import type { VersionCodec } from "../../domain/marathon/versions/stored-versions.ts";
import { knownApp, type KnownApp } from "../../domain/marathon/view/app-view.ts";
import { objectKey } from "../../runtime/kube/kube-object.ts";
import { BY_APP, type ApiCaches, type AppObject } from "./caches.ts";

/** Apps by Marathon id over the caches. Reading an object again costs nothing while it has not changed. */
export class AppDirectory {
  readonly #caches: ApiCaches;
  readonly #versions: StoredVersions;
  readonly #namespaces: ReadonlySet<string>;
  readonly #known = new WeakMap<AppObject, { readonly app: KnownApp | undefined }>();

  /** @param namespaces the ones whose apps this Marathon serves */
  constructor(caches: ApiCaches, codec: VersionCodec, namespaces: ReadonlySet<string>) {
    this.#caches = caches;
    this.#namespaces = namespaces;
    this.#versions = new StoredVersions(codec);
  }

  /** All apps, sorted by id. Of two objects with one id, the older is the app. */
  all(): KnownApp[] {
    const byId = new Map<string, KnownApp>();
    for (const object of this.#caches.apps.list()) {
      const known = this.#namespaces.has(object.metadata.namespace)
        ? this.#read(object)
        : undefined;
      if (!known) continue;
      const other = byId.get(known.app.id);
      if (!other || isOlder(known, other)) byId.set(known.app.id, known);
    }
    return [...byId.values()].toSorted((a, b) => (a.app.id < b.app.id ? -1 : 1));
  }

  get(id: string): KnownApp | undefined {
    return this.all().find(({ app }) => app.id === id);
  }

  /** True when a MarathonApp of that name holds another id. */
  isNameTaken(namespace: string, name: string, id: string): boolean {
    const object = this.#caches.apps.get(objectKey(namespace, name));
    return object !== undefined && object.spec.id !== id;
  }

  pods({ object }: KnownApp): readonly AppPod[] {
    const { namespace, name } = object.metadata;
    return this.#caches.pods
      .byIndex(BY_APP, objectKey(namespace, name))
      .toSorted((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  }

  /** Newest first. */
  versions({ object }: KnownApp): readonly StoredVersion[] {
    const { namespace, name } = object.metadata;
    const key = objectKey(namespace, versionsName(name));
    return this.#versions.read(this.#caches.versions.get(key));
  }

  /** Service ports that any app other than `id` declares or was given. */
  usedServicePorts(id: string): Set<number> {
    const used = new Set<number>();
    for (const known of this.all()) {
      if (known.app.id === id) continue;
      for (const port of known.servicePorts) used.add(port);
    }
    return used;
  }

  /** The object as cached, to see whether a write has arrived. */
  cached(namespace: string, name: string): AppObject | undefined {
    return this.#caches.apps.get(objectKey(namespace, name));
  }

  #read(object: AppObject): KnownApp | undefined {
    const seen = this.#known.get(object);
    if (seen) return seen.app;
    const app = object.metadata.deletionTimestamp === undefined ? knownApp(object) : undefined;
    this.#known.set(object, { app });
    return app;
  }
}

function isOlder(a: KnownApp, b: KnownApp): boolean {
  const left = a.object.metadata;
  const right = b.object.metadata;
  const order = (left.creationTimestamp ?? "").localeCompare(right.creationTimestamp ?? "");
  return order < 0 || (order === 0 && left.name < right.name);
}
