import { gzipCodec } from "../../../src/adapters/version-codec/gzip-codec.ts";
import { MarathonAppSpec } from "../../../src/api/crd/v1alpha1/marathon-app/spec.ts";
import { OperatingError } from "../../../src/api/errors/operating-error.ts";
import { formatTimestamp } from "../../../src/domain/marathon/app/timestamp.ts";
import type { ChangeRecord } from "../../../src/domain/marathon/decide/change-record.ts";
import type { SeenObject } from "../../../src/domain/marathon/decide/marathon-app-seen.ts";
import { ANNOTATION, APP_LABEL } from "../../../src/domain/marathon/manifests/names.ts";
import { NORMALIZE_DEFAULTS } from "../../../src/domain/marathon/normalize/normalize-config.ts";
import { FEATURES } from "../../../src/domain/marathon/rules/rule-context.ts";
import { StoredVersions } from "../../../src/domain/marathon/versions/stored-versions.ts";
import type { Informer } from "../../../src/runtime/informer/informer.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import { keyOf, objectKey, type KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import { AppDirectory } from "../../../src/services/marathon-api/app-directory.ts";
import type {
  AppObject,
  PodObject,
  VersionsConfigMap,
} from "../../../src/services/marathon-api/caches.ts";
import { MarathonApi } from "../../../src/services/marathon-api/marathon-api.ts";
import type { AppStore } from "../../../src/services/marathon-api/ports.ts";
import type { ApiSettings } from "../../../src/services/marathon-api/settings.ts";
import { RecordingLogger } from "../recording-logger.ts";
import { SeededRandom } from "../seeded-random.ts";
import { VirtualClock } from "../virtual-clock.ts";

/** A cache that a test fills by hand. */
class MapInformer<T extends KubeObject> implements Informer<T> {
  readonly kind = KINDS.Pod;
  readonly objects = new Map<string, T>();

  hasSynced(): boolean {
    return true;
  }
  get(key: string): T | undefined {
    return this.objects.get(key);
  }
  list(): Iterable<T> {
    return this.objects.values();
  }
  byIndex(_index: string, value: string): readonly T[] {
    return [...this.objects.values()].filter(
      ({ metadata }) => objectKey(metadata.namespace, metadata.labels?.[APP_LABEL] ?? "") === value,
    );
  }
  onChange(): () => void {
    return () => undefined;
  }
  put(object: T): void {
    this.objects.set(keyOf(object), object);
  }
}

/** Keeps MarathonApps in memory as the API server does: versions, preconditions, defaults of the schema. */
class MemoryAppStore implements AppStore {
  readonly apps = new MapInformer<AppObject>();
  readonly killed: string[] = [];
  readonly victims: string[] = [];
  #resourceVersion = 0;

  create(
    { namespace, name }: { readonly namespace: string; readonly name: string },
    spec: MarathonAppSpec,
    change: ChangeRecord,
  ): Promise<void> {
    if (this.apps.get(objectKey(namespace, name))) {
      return Promise.reject(new OperatingError("KUBE_ALREADY_EXISTS", `${name} exists`));
    }
    this.#put({ namespace, name, uid: `uid-${name}`, generation: 0 }, spec, change);
    return Promise.resolve();
  }

  update(object: SeenObject, spec: MarathonAppSpec, change: ChangeRecord): Promise<void> {
    const { metadata } = object;
    const live = this.apps.get(objectKey(metadata.namespace, metadata.name));
    if (live?.metadata.resourceVersion !== metadata.resourceVersion) {
      return Promise.reject(new OperatingError("KUBE_CONFLICT", "changed meanwhile"));
    }
    this.#put(metadata, spec, change, object.status);
    return Promise.resolve();
  }

  remove({ metadata }: SeenObject): Promise<boolean> {
    return Promise.resolve(this.apps.objects.delete(objectKey(metadata.namespace, metadata.name)));
  }

  kill({ name }: { readonly name: string }): Promise<void> {
    this.killed.push(name);
    return Promise.resolve();
  }

  markVictim({ name }: { readonly name: string }): Promise<void> {
    this.victims.push(name);
    return Promise.resolve();
  }

  /** The operator has rolled out everything. */
  settle(): void {
    for (const app of this.apps.list()) {
      const change = JSON.parse(
        app.metadata.annotations?.[ANNOTATION.change] ?? "{}",
      ) as Partial<ChangeRecord>;
      const { version, lastConfigChangeAt, lastScalingAt } = change;
      const status = { version, versionInfo: { lastConfigChangeAt, lastScalingAt } };
      this.apps.put({ ...app, status });
    }
  }

  #put(
    metadata: Omit<SeenObject["metadata"], "resourceVersion">,
    spec: MarathonAppSpec,
    change: ChangeRecord,
    status?: unknown,
  ): void {
    this.#resourceVersion += 1;
    const stored = {
      metadata: {
        ...metadata,
        generation: metadata.generation + 1,
        resourceVersion: String(this.#resourceVersion),
        creationTimestamp: "2026-01-01T00:00:00Z",
        annotations: { [ANNOTATION.change]: JSON.stringify(change) },
      },
      spec: MarathonAppSpec.parse(spec),
      ...(status === undefined ? {} : { status }),
    };
    this.apps.put(stored as unknown as AppObject);
  }
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: unknown;
}

/** The whole API over memory: requests in, answers out, no network and no cluster. */
export class ApiWorld {
  readonly clock = new VirtualClock({ startMs: Date.parse("2026-03-01T10:00:00.000Z") });
  readonly store = new MemoryAppStore();
  readonly pods = new MapInformer<PodObject>();
  readonly versions = new MapInformer<VersionsConfigMap>();
  readonly api: MarathonApi;

  constructor(settings: Partial<ApiSettings> = {}) {
    const caches = { apps: this.store.apps, pods: this.pods, versions: this.versions };
    const directory = new AppDirectory(caches, gzipCodec, new Set(["default"]));
    this.api = new MarathonApi({
      directory,
      store: this.store,
      clock: this.clock,
      random: new SeededRandom(1),
      logger: new RecordingLogger(),
      settings: {
        normalize: NORMALIZE_DEFAULTS,
        features: new Set(FEATURES),
        servicePorts: { min: 10_000, max: 20_000 },
        namespace: "default",
        groupNamespaces: {},
        strict: false,
        deploymentsMax: 100,
        requestsMax: 100,
        address: "http://marathon:8080",
        info: { httpPort: 8080, hostname: "marathon" },
        ...settings,
      },
    });
  }

  async call(
    method: string,
    url: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<WireAnswer> {
    const [path = "", query = ""] = url.split("?");
    const text = typeof body === "string" ? body : body === undefined ? "" : JSON.stringify(body);
    const reply = await this.api.handle({
      method,
      path,
      query,
      headers,
      body: new TextEncoder().encode(text),
      remoteAddress: "127.0.0.1",
    });
    const answer = String(reply.body);
    const isJson = reply.headers["Content-Type"] === "application/json";
    return {
      status: reply.status,
      headers: reply.headers,
      body: isJson ? (JSON.parse(answer) as unknown) : answer,
    };
  }

  /** A running instance of an app, as its Pod. */
  addPod(appName: string, name: string, uid: string): void {
    this.pods.put({
      metadata: {
        name,
        namespace: "default",
        uid,
        creationTimestamp: formatTimestamp(this.clock.nowMs()),
        labels: { [APP_LABEL]: appName },
        annotations: { [ANNOTATION.version]: "2026-03-01T10:00:00.000Z" },
      },
      spec: { nodeName: "node-1" },
      status: {
        phase: "Running",
        podIP: "10.0.0.7",
        hostIP: "192.168.0.1",
        conditions: [{ type: "Ready", status: "True" }],
        containerStatuses: [
          {
            name: "app",
            ready: true,
            started: true,
            restartCount: 0,
            state: { running: { startedAt: "2026-03-01T10:00:01Z" } },
          },
        ],
      },
    });
  }

  /** The operator has rolled out everything and recorded the versions. */
  settle(): void {
    this.store.settle();
    const versions = new StoredVersions(gzipCodec);
    for (const app of this.store.apps.list()) {
      const record = JSON.parse(app.metadata.annotations![ANNOTATION.change]!) as ChangeRecord;
      const live = this.versions.get(objectKey("default", `${app.metadata.name}-versions`));
      const object = versions.withVersion(app, live, record, app.spec);
      this.versions.put(object);
    }
  }
}
