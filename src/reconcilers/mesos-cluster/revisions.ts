import type { ManifestObject } from "../../domain/manifests/manifest.ts";
import type { LiveChild, LiveRevision } from "../../domain/operator/mesos-cluster/observed.ts";
import { KINDS } from "../../runtime/kube/core-kinds.ts";
import type { KubeReader } from "../../runtime/ports/kube-transport.ts";
import type { RevisionObject } from "./kube-objects.ts";

interface Remembered {
  readonly generation: number;
  readonly revisions: readonly LiveRevision[];
}

/** Pods of a DaemonSet carry the hash of their revision, those of a StatefulSet its name. */
function hashOf(set: LiveChild, revision: RevisionObject): string {
  return set.kind === "StatefulSet"
    ? revision.metadata.name
    : (revision.metadata.labels?.["controller-revision-hash"] ?? "");
}

/** The stored template without the marks that make it a patch. */
function templateOf(revision: RevisionObject): ManifestObject {
  const {
    $patch: _,
    metadata,
    ...rest
  } = (revision.data?.spec?.template ?? {}) as Record<string, ManifestObject>;
  const { creationTimestamp: __, ...kept } = metadata ?? {};
  return { ...rest, metadata: kept };
}

/** Reads the ControllerRevisions of a set; again only when its generation has moved and its controller has seen it. */
export class Revisions {
  readonly #reader: Pick<KubeReader, "list">;
  readonly #remembered = new Map<string, Remembered>();

  constructor(reader: Pick<KubeReader, "list">) {
    this.#reader = reader;
  }

  async of(
    set: LiveChild,
    namespace: string,
    signal: AbortSignal,
  ): Promise<readonly LiveRevision[]> {
    const known = this.#remembered.get(set.uid);
    if (known?.generation === set.generation) return known.revisions;
    const status = set.raw.status as { observedGeneration?: number } | undefined;
    const settled = status?.observedGeneration === set.generation;
    if (!settled) return known?.revisions ?? [];
    const revisions = await this.#read(set, namespace, signal);
    this.#remembered.set(set.uid, { generation: set.generation, revisions });
    return revisions;
  }

  forget(uid: string): void {
    this.#remembered.delete(uid);
  }

  async #read(
    set: LiveChild,
    namespace: string,
    signal: AbortSignal,
  ): Promise<readonly LiveRevision[]> {
    const cluster = set.labels["orchestrator.io/cluster"] ?? "";
    const component = set.labels["app.kubernetes.io/component"] ?? "";
    const { items } = await this.#reader.list<RevisionObject>(
      {
        kind: KINDS.ControllerRevision,
        namespace,
        labelSelector: `orchestrator.io/cluster=${cluster},app.kubernetes.io/component=${component}`,
      },
      { signal },
    );
    return items
      .filter(({ metadata }) => metadata.ownerReferences?.some(({ uid }) => uid === set.uid))
      .map((revision) => ({
        owner: `${set.kind}/${set.name}`,
        hash: hashOf(set, revision),
        number: revision.revision ?? 0,
        template: templateOf(revision),
      }));
  }
}
