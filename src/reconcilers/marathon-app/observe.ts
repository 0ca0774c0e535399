import { findCondition } from "../../runtime/status/condition.ts";
import { isWithin, resolvePath } from "../../domain/marathon/app/app-path.ts";
import type {
  MarathonAppSeen,
  SeenDependency,
  SeenObject,
} from "../../domain/marathon/decide/marathon-app-seen.ts";
import { wantedChildren } from "../../domain/marathon/decide/wanted-children.ts";
import type { RenderSettings } from "../../domain/marathon/manifests/render-input.ts";
import { KINDS } from "../../runtime/kube/core-kinds.ts";
import type { KubeKind } from "../../runtime/kube/kube-kind.ts";
import {
  objectKey,
  parseKey,
  type KubeObject,
  type ObjectKey,
} from "../../runtime/kube/kube-object.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import type { KubeReader } from "../../runtime/ports/kube-transport.ts";
import { INDEX } from "./caches.ts";
import {
  conditionsOf,
  type AppObject,
  type ClusterObject,
  type MarathonAppCaches,
} from "./ports.ts";
import type { ServicePortClaims } from "./service-port-claims.ts";
import {
  versionsName,
  type StoredVersions,
} from "../../domain/marathon/versions/stored-versions.ts";

export interface ObserveParts {
  readonly caches: MarathonAppCaches;
  readonly kube: Pick<KubeReader, "get">;
  readonly clock: Clock;
  readonly settings: RenderSettings;
  /** MesosCluster of apps that name none. */
  readonly defaultCluster?: string;
  readonly versions: StoredVersions;
  readonly claims: ServicePortClaims;
}

function clusterOf(
  { caches, defaultCluster }: ObserveParts,
  app: AppObject,
): ClusterObject | undefined {
  const { namespace } = app.metadata;
  const name = app.spec.cluster ?? defaultCluster;
  if (name !== undefined) return caches.clusters.get(objectKey(namespace, name));
  const here = [...caches.clusters.list()].filter((c) => c.metadata.namespace === namespace);
  return here.length === 1 ? here[0] : undefined;
}

/** Label keys that all nodes of the pool share; read only for apps with constraints. */
function labelsOnEveryNode(
  { caches }: ObserveParts,
  app: AppObject,
  cluster: ClusterObject | undefined,
): ReadonlySet<string> {
  if (app.spec.constraints.length === 0) return new Set();
  const selector = Object.entries(cluster?.spec.agents.nodeSelector ?? {});
  let common: Set<string> | undefined;
  for (const { metadata } of caches.nodes.list()) {
    const labels = metadata.labels ?? {};
    if (!selector.every(([key, value]) => labels[key] === value)) continue;
    const keys = new Set(Object.keys(labels));
    common = new Set([...keys].filter((label) => common?.has(label) ?? true));
  }
  return common ?? new Set();
}

function isSettled(app: AppObject): boolean {
  const { metadata, status } = app;
  const deploying = findCondition(conditionsOf(app), "Deploying");
  return status?.observedGeneration === metadata.generation && deploying?.status === "False";
}

function appsBelow({ caches }: ObserveParts, app: AppObject, path: string): AppObject[] {
  const { namespace = "" } = app.metadata;
  const exact = caches.apps.byIndex(INDEX.id, `${namespace} ${path}`);
  if (exact.length > 0) return [...exact];
  return [...caches.apps.list()].filter(
    (other) => other.metadata.namespace === namespace && isWithin(other.spec.id, path),
  );
}

/** Apps that `app` depends on, directly or through others; none that depends on `app` itself, or both would wait. */
function dependenciesOf(parts: ObserveParts, app: AppObject): SeenDependency[] {
  const found = new Map<string, AppObject>();
  const visit = (from: AppObject): void => {
    for (const path of from.spec.dependencies) {
      for (const other of appsBelow(parts, from, resolvePath(path))) {
        if (other.spec.id === app.spec.id || found.has(other.spec.id)) continue;
        found.set(other.spec.id, other);
        visit(other);
      }
    }
  };
  visit(app);
  const dependsOnApp = (other: AppObject): boolean =>
    other.spec.dependencies.some((path) => isWithin(app.spec.id, resolvePath(path)));
  return [...found.values()]
    .filter((other) => !dependsOnApp(other))
    .map((other) => ({
      id: other.spec.id,
      name: other.metadata.name,
      isSettled: isSettled(other),
      ...(other.status?.servicePorts?.[0] ? { servicePort: other.status.servicePorts[0] } : {}),
    }));
}

/** The older of two objects with one id holds it; of the same age, the first by name. */
function duplicateOf({ caches }: ObserveParts, app: AppObject): string | undefined {
  const { namespace = "", name, creationTimestamp = "" } = app.metadata;
  const older = caches.apps
    .byIndex(INDEX.id, `${namespace} ${app.spec.id}`)
    .filter(({ metadata }) => metadata.name !== name)
    .find(({ metadata: other }) => {
      const created = other.creationTimestamp ?? "";
      return created < creationTimestamp || (created === creationTimestamp && other.name < name);
    });
  return older?.metadata.name;
}

function usedServicePorts({ caches, claims }: ObserveParts, key: ObjectKey, app: AppObject) {
  const own = app.status?.servicePorts ?? [];
  const wanted = app.spec.container?.portMappings ?? app.spec.portDefinitions ?? [{}];
  if (own.length >= wanted.length && own.every((port) => port > 0)) return new Set<number>();
  const used = new Set(claims.ofOthers(key));
  for (const other of caches.apps.list()) {
    if (other.metadata.uid === app.metadata.uid) continue;
    for (const port of other.status?.servicePorts ?? []) used.add(port);
  }
  return used;
}

/** The cached child, else what the API server has under its name: a foreign object is not in our caches. */
async function childOrForeign<T extends KubeObject>(
  parts: ObserveParts,
  cached: T | undefined,
  kind: KubeKind,
  key: ObjectKey,
  signal: AbortSignal,
): Promise<T | undefined> {
  return cached ?? parts.kube.get<T>({ kind, ...parseKey(key) }, { signal });
}

/** Reads everything that a decision about the app needs, from caches; only children yet to be made are asked for. */
export async function observeMarathonApp(
  parts: ObserveParts,
  key: ObjectKey,
  signal: AbortSignal,
): Promise<MarathonAppSeen | undefined> {
  const { caches, clock, settings, versions } = parts;
  const app = caches.apps.get(key);
  if (!app || app.metadata.deletionTimestamp !== undefined) return undefined;
  const { namespace = "", name } = app.metadata;
  const object = app as unknown as SeenObject;
  const wanted = wantedChildren(object);
  const named = (child: string): ObjectKey => objectKey(namespace, child);
  const rollout = await childOrForeign(parts, caches.rollouts.get(key), KINDS.Rollout, key, signal);
  const budget = wanted.podDisruptionBudget
    ? await childOrForeign(parts, caches.budgets.get(key), KINDS.PodDisruptionBudget, key, signal)
    : caches.budgets.get(key);
  const services = new Map(
    caches.services.byIndex(INDEX.app, key).map((service) => [service.metadata.name, service]),
  );
  for (const child of wanted.services) {
    const cached = services.get(child);
    const found = await childOrForeign(parts, cached, KINDS.Service, named(child), signal);
    if (found) services.set(child, found);
  }
  const cluster = clusterOf(parts, app);
  return {
    nowMs: clock.nowMs(),
    object,
    settings,
    cluster: cluster?.metadata.name,
    labelsOnEveryNode: labelsOnEveryNode(parts, app, cluster),
    rollout,
    services: [...services.values()],
    podDisruptionBudget: budget,
    pods: caches.pods.byIndex(INDEX.app, key),
    duplicateOf: duplicateOf(parts, app),
    dependencies: dependenciesOf(parts, app),
    usedServicePorts: usedServicePorts(parts, key, app),
    versions: versions.read(caches.versions.get(named(versionsName(name)))),
  };
}
