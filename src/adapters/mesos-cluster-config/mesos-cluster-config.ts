import type { MesosCluster } from "../../api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import type { MesosClusterSpec as Spec } from "../../api/crd/v1alpha1/mesos-cluster/spec.ts";
import { MesosClusterSpec } from "../../api/crd/v1alpha1/mesos-cluster/spec.ts";
import { OperatingError } from "../../api/errors/operating-error.ts";
import type { Informer } from "../../runtime/informer/informer.ts";
import type { KubeObject } from "../../runtime/kube/kube-object.ts";
import { compareResourceVersions } from "../../runtime/kube/resource-version.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import type { ClusterConfig, ClusterConfigSource } from "../../services/offer-engine/ports.ts";
import type { AdmissionConfig, AdmissionConfigSource } from "../../services/pod-admission/ports.ts";
import type { SecuritySettings, SettingsSource } from "../../services/master-security/ports.ts";
import { admissionConfigOf, clusterConfigOf, securitySettingsOf } from "./spec-config.ts";
import type { NodesWith } from "./window-spec.ts";

type WatchedCluster = MesosCluster & KubeObject;

/** One view of the configuration; subscribers hear only of changes that concern it. */
class View<C> {
  readonly #subscribers = new Set<() => void>();
  #value: C;

  constructor(first: C) {
    this.#value = first;
  }

  current(): C {
    return this.#value;
  }

  subscribe(changed: () => void): () => void {
    this.#subscribers.add(changed);
    return () => void this.#subscribers.delete(changed);
  }

  update(next: C): void {
    if (JSON.stringify(next) === JSON.stringify(this.#value)) return;
    this.#value = next;
    for (const changed of this.#subscribers) changed();
  }
}

/**
 * The configuration in a MesosCluster object, followed live. An object that cannot be read, or that is gone, leaves the
 * running configuration as it is.
 */
export class MesosClusterConfig {
  readonly engine: ClusterConfigSource;
  readonly admission: AdmissionConfigSource;
  readonly security: SettingsSource;
  readonly #engine: View<ClusterConfig>;
  readonly #admission: View<AdmissionConfig>;
  readonly #security: View<SecuritySettings>;
  readonly #name: string;
  readonly #logger: Logger;
  readonly #nodes: Informer<KubeObject>;
  #isLookingAtNodes = false;
  #spec: Spec;
  #resourceVersion: string;

  /**
   * @param first the object as it is now.
   * @param clusters holds it, or will; need not have synced.
   * @param nodes of the pool, for windows that choose machines by labels.
   * @throws {OperatingError} CONFIG_INVALID when it cannot be read.
   */
  constructor(
    first: WatchedCluster,
    clusters: Informer<WatchedCluster>,
    nodes: Informer<KubeObject>,
    logger: Logger,
  ) {
    const { name } = first.metadata;
    this.#name = name;
    this.#logger = logger;
    this.#nodes = nodes;
    this.#spec = readSpec(first);
    this.#resourceVersion = first.metadata.resourceVersion ?? "";
    this.#engine = new View(clusterConfigOf(name, this.#spec, this.nodesWith));
    this.#admission = new View(admissionConfigOf(name, this.#spec));
    this.#security = new View(securitySettingsOf(this.#spec));
    this.engine = this.#engine;
    this.admission = this.#admission;
    this.security = this.#security;
    clusters.onChange((change) => {
      const isOurs = change.object.metadata.uid === first.metadata.uid;
      if (isOurs && change.kind !== "deleted") this.follow(change.object);
    });
    nodes.onChange(() => this.#nodesChanged());
  }

  /** Names of the nodes that have all these labels, in order. */
  readonly nodesWith: NodesWith = (labels) =>
    [...this.#nodes.list()]
      .filter(({ metadata }) =>
        Object.entries(labels).every(([label, value]) => metadata.labels?.[label] === value),
      )
      .map(({ metadata }) => metadata.name)
      .sort();

  /** Windows may choose other machines now; a burst of changes is looked at once. */
  #nodesChanged(): void {
    const { windows } = this.#spec.maintenance;
    const isConcerned = windows.some(({ nodeSelector }) => nodeSelector !== undefined);
    if (!isConcerned || this.#isLookingAtNodes) return;
    this.#isLookingAtNodes = true;
    queueMicrotask(() => {
      this.#isLookingAtNodes = false;
      this.#engine.update(clusterConfigOf(this.#name, this.#spec, this.nodesWith));
    });
  }

  /** The whole spec with its defaults, for what is read once per term. */
  get spec(): Spec {
    return this.#spec;
  }

  /**
   * Takes over what the object says now. An older one than was taken over before changes nothing: the cache may still have
   * to hear of a write of our own.
   */
  follow(object: WatchedCluster): void {
    const { resourceVersion = "" } = object.metadata;
    if ((compareResourceVersions(resourceVersion, this.#resourceVersion) ?? 0) < 0) return;
    this.#resourceVersion = resourceVersion;
    try {
      this.#spec = readSpec(object);
    } catch (error) {
      const { namespace = "" } = object.metadata;
      this.#logger.error("The MesosCluster cannot be read; the running configuration stays.", {
        error,
        namespace,
        name: this.#name,
      });
      return;
    }
    this.#engine.update(clusterConfigOf(this.#name, this.#spec, this.nodesWith));
    this.#admission.update(admissionConfigOf(this.#name, this.#spec));
    this.#security.update(securitySettingsOf(this.#spec));
  }
}

function readSpec({ spec }: MesosCluster): Spec {
  const read = MesosClusterSpec.safeParse(spec);
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ path, message }) => `spec.${path.join(".")}: ${message}`);
  throw new OperatingError("CONFIG_INVALID", "the MesosCluster's spec breaks its rules", {
    details: { faults },
  });
}
