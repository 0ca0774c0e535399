import { MesosClusterSpec } from "../../api/crd/v1alpha1/mesos-cluster/spec.ts";
import { OperatingError } from "../../api/errors/operating-error.ts";
import type { ManifestObject } from "../../domain/manifests/manifest.ts";
import type { DesiredChild } from "../../domain/operator/mesos-cluster/child.ts";
import { ownAccounts } from "../../domain/operator/mesos-cluster/cluster-roles.ts";
import { decideMesosCluster } from "../../domain/operator/mesos-cluster/decide.ts";
import { childNames, type Component } from "../../domain/operator/mesos-cluster/names.ts";
import {
  CHILD_KINDS,
  type ChildKind,
  type LiveChild,
  type LiveRevision,
  type OtherCluster,
  type Seen,
} from "../../domain/operator/mesos-cluster/observed.ts";
import type { ReconcileContext } from "../../runtime/controller/reconciler.ts";
import { KINDS } from "../../runtime/kube/core-kinds.ts";
import { keyOf, type KubeObject, type ObjectKey } from "../../runtime/kube/kube-object.ts";
import type { ClusterObject, PodObject } from "./kube-objects.ts";
import { liveNode, livePod } from "./observe-pods.ts";
import { BY_CLUSTER, type MesosClusterParts } from "./ports.ts";
import { Revisions } from "./revisions.ts";

/** What was seen, with the raw objects that writes refer to. */
export interface Observation {
  readonly seen: Seen;
  readonly object: ClusterObject;
}

function liveChild(kind: ChildKind, object: KubeObject): LiveChild {
  const { metadata } = object;
  return {
    kind,
    name: metadata.name,
    uid: metadata.uid ?? "",
    resourceVersion: metadata.resourceVersion ?? "",
    generation: metadata.generation ?? 0,
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    owners: metadata.ownerReferences ?? [],
    deleting: metadata.deletionTimestamp !== undefined,
    raw: object as unknown as ManifestObject,
  };
}

function parseSpec(object: ClusterObject): MesosClusterSpec {
  const parsed = MesosClusterSpec.safeParse(object.spec ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new OperatingError(
    "KUBE_INVALID",
    `spec.${issue?.path.join(".") ?? ""}: ${issue?.message ?? "invalid"}`,
  );
}

function asOther(object: ClusterObject): OtherCluster {
  const parsed = MesosClusterSpec.safeParse(object.spec ?? {});
  const spec = parsed.success ? parsed.data : undefined;
  const comparable = spec?.agents.enabled === true && spec.agents.affinity === undefined;
  return {
    namespace: object.metadata.namespace ?? "",
    name: object.metadata.name,
    createdMs: Date.parse(object.metadata.creationTimestamp ?? "") || 0,
    sidecar: spec?.masters.placement === "Sidecar",
    ...(comparable ? { nodeSelector: spec.agents.nodeSelector ?? {} } : {}),
  };
}

/** Reads everything that a decision about one MesosCluster rests on. */
export class ClusterObserver {
  readonly #parts: MesosClusterParts;
  readonly #revisions: Revisions;

  constructor(parts: MesosClusterParts) {
    this.#parts = parts;
    this.#revisions = new Revisions(parts.reader);
  }

  /**
   * Everything from the caches, and from the API server what no cache holds: revisions, and objects that sit on a name that a
   * missing child would get.
   *
   * @returns undefined when the object is gone.
   * @throws {OperatingError} KUBE_INVALID for a spec that this release cannot read.
   */
  async observe(key: ObjectKey, context: ReconcileContext): Promise<Observation | undefined> {
    const object = this.#parts.caches.clusters.get(key);
    if (object === undefined) return undefined;
    const cached = await this.#fromCaches(object, context.signal);
    const squatters = await this.#squatters(cached, context.signal);
    const seen: Seen = { ...cached, children: [...cached.children, ...squatters] };
    return { seen, object };
  }

  async #fromCaches(object: ClusterObject, signal: AbortSignal): Promise<Seen> {
    const { caches, clock, operator } = this.#parts;
    const { name, namespace = "" } = object.metadata;
    const children = this.#children(name, namespace);
    const ownPods = caches.pods
      .byIndex(BY_CLUSTER, name)
      .filter(({ metadata }) => metadata.namespace === namespace);
    const podsOf = (component: string): PodObject[] =>
      ownPods.filter(
        ({ metadata }) => metadata.labels?.["app.kubernetes.io/component"] === component,
      );
    const spec = parseSpec(object);
    return {
      cluster: {
        metadata: { ...object.metadata, namespace },
        spec,
        ...(object.status === undefined ? {} : { status: object.status }),
      },
      nowMs: clock.nowMs(),
      operator,
      children,
      masterPods: podsOf("master").map(livePod),
      agentPods: podsOf("agent").map(livePod),
      operatorPods: [...caches.operatorPods.list()].map(livePod),
      revisions: await this.#revisionsOf(children, namespace, signal),
      nodes: [...caches.nodes.list()].map(liveNode),
      others: this.#others(object),
      unbound: await this.#unbound({ name, namespace }, spec, signal),
    };
  }

  async #unbound(
    { name, namespace }: { readonly name: string; readonly namespace: string },
    spec: MesosClusterSpec,
    signal: AbortSignal,
  ): Promise<Component[]> {
    const { reviews } = this.#parts;
    const found = await Promise.all(
      ownAccounts({ spec }).map(async (component) => {
        const account = { namespace, name: childNames(name)[component] };
        const answers = await Promise.all([
          reviews.mayListEverywhere(account, "nodes", signal),
          reviews.mayListEverywhere(account, "pods", signal),
        ]);
        return answers.every(Boolean) ? [] : [component];
      }),
    );
    return found.flat();
  }

  #children(cluster: string, namespace: string): LiveChild[] {
    const { children } = this.#parts.caches;
    return CHILD_KINDS.flatMap((kind) =>
      children[kind]
        .byIndex(BY_CLUSTER, cluster)
        .filter(({ metadata }) => metadata.namespace === namespace)
        .filter(({ metadata }) => metadata.labels?.["orchestrator.io/owner"] === "mesoscluster")
        .map((object) => liveChild(kind, object)),
    );
  }

  #others(object: ClusterObject): OtherCluster[] {
    return [...this.#parts.caches.clusters.list()]
      .filter((other) => keyOf(other) !== keyOf(object))
      .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(asOther);
  }

  async #revisionsOf(
    children: readonly LiveChild[],
    namespace: string,
    signal: AbortSignal,
  ): Promise<LiveRevision[]> {
    const sets = children.filter(({ kind }) => kind === "StatefulSet" || kind === "DaemonSet");
    const found = await Promise.all(sets.map((set) => this.#revisions.of(set, namespace, signal)));
    return found.flat();
  }

  /** Objects without our labels under the names that missing children would get; looked for only while children are missing. */
  async #squatters(seen: Seen, signal: AbortSignal): Promise<LiveChild[]> {
    const missing = decideMesosCluster(seen)
      .actions.flatMap((action) => (action.kind === "apply" ? [action.child] : []))
      .filter((child) => !seen.children.some(isThatOf(child)));
    const found = await Promise.all(
      missing.map(async ({ kind, name }) => {
        const { namespace } = seen.cluster.metadata;
        const object = await this.#parts.reader.get<KubeObject>(
          { kind: KINDS[kind], namespace, name },
          { signal },
        );
        return object === undefined ? [] : [liveChild(kind, object)];
      }),
    );
    return found.flat();
  }
}

const isThatOf =
  (child: DesiredChild) =>
  (live: LiveChild): boolean =>
    live.kind === child.kind && live.name === child.name;
