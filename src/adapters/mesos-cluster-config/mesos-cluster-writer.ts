import { MESOS_CLUSTER } from "../../api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import type { MesosCluster } from "../../api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import { isOperatingError, OperatingError } from "../../api/errors/operating-error.ts";
import { ownedSpec } from "../../runtime/apply/owned-part.ts";
import { apiVersionOf } from "../../runtime/kube/kube-kind.ts";
import type { JsonObject, KubeObject } from "../../runtime/kube/kube-object.ts";
import { FencedWriter } from "../../runtime/leader/fenced-writer.ts";
import type { Term } from "../../runtime/leader/term.ts";
import type { KubeTransport, KubeWriter } from "../../runtime/ports/kube-transport.ts";
import type {
  ClusterConfigWriter,
  ConfigWriteOutcome,
  RoleWrite,
} from "../../services/offer-engine/ports.ts";
import {
  inexactWindow,
  type NodesWith,
  type PlannedWindow,
  releasedMachines,
  replacedWindows,
  strangerToWindows,
} from "./window-spec.ts";
import { inexactRole, rolesWith, strangerToRoles } from "./role-spec.ts";

/** Who owns what operators changed through the Mesos API. */
export const API_MANAGER = "orchestrator-master-api";

type Cluster = MesosCluster & KubeObject;

export interface MesosClusterWriterParts {
  readonly kube: KubeTransport;
  readonly namespace: string;
  readonly name: string;
  /** Of the object that this master serves; another one of its name is never written. */
  readonly uid: string;
  /** Hears of the object as it was stored, before the write is answered. */
  readonly follow: (stored: Cluster) => void;
  /** For windows that choose machines by the labels of their nodes. */
  readonly nodesWith: NodesWith;
  /** Ends all calls, when the process stops. */
  readonly signal: AbortSignal;
}

/** What of the spec is to be applied, from what we applied before. */
type Change = (owned: JsonObject, live: Cluster) => JsonObject;
/** Who keeps the stored object from being what was asked for; undefined when it is that. */
type Check = (
  stored: Cluster,
) => Extract<ConfigWriteOutcome, { kind: "managedElsewhere" }> | undefined;

/**
 * Writes operators' changes into the MesosCluster by server-side apply without force: every apply repeats all that came
 * this way before. What somebody else manages is never taken; a dry run finds that out before anything is changed.
 */
export class MesosClusterWriter {
  readonly #parts: MesosClusterWriterParts;

  constructor(parts: MesosClusterWriterParts) {
    this.#parts = parts;
  }

  /** Writes while the term is current. */
  writerOf(term: Term): ClusterConfigWriter {
    const kube = new FencedWriter(this.#parts.kube, term);
    return {
      writeRoles: (writes) => this.#writeRoles(kube, writes),
      replaceWindows: (windows) => this.#replaceWindows(kube, windows),
      releaseMachines: (machines) =>
        this.#write(
          kube,
          (owned) => releasedMachines(owned, machines),
          () => undefined,
        ),
    };
  }

  async #writeRoles(kube: KubeWriter, writes: readonly RoleWrite[]): Promise<ConfigWriteOutcome> {
    const inexact = inexactRole(writes);
    if (inexact !== undefined) return { kind: "refused", reason: inexact };
    return this.#write(
      kube,
      (owned) => rolesWith(owned, writes),
      (stored) => strangerToRoles(stored, writes, API_MANAGER),
    );
  }

  async #replaceWindows(
    kube: KubeWriter,
    windows: readonly PlannedWindow[],
  ): Promise<ConfigWriteOutcome> {
    const { nodesWith } = this.#parts;
    const inexact = inexactWindow(windows);
    if (inexact !== undefined) return { kind: "refused", reason: inexact };
    return this.#write(
      kube,
      (owned, live) => replacedWindows(owned, live, windows, nodesWith),
      (stored) => strangerToWindows(stored, windows, nodesWith, API_MANAGER),
    );
  }

  async #write(kube: KubeWriter, change: Change, check: Check): Promise<ConfigWriteOutcome> {
    const { namespace, name, signal } = this.#parts;
    const live = await this.#parts.kube.get<Cluster>(
      { kind: MESOS_CLUSTER, namespace, name },
      { signal },
    );
    if (live === undefined || live.metadata.uid !== this.#parts.uid) {
      throw new OperatingError("KUBE_NOT_FOUND", `MesosCluster ${namespace}/${name} is gone`);
    }
    const wanted = this.#object(change(ownedSpec(live, API_MANAGER), live));
    const options = { signal, fieldManager: API_MANAGER, force: false };
    try {
      const tried = await kube.apply<Cluster>(MESOS_CLUSTER, wanted, { ...options, dryRun: true });
      const stranger = check(tried);
      if (stranger !== undefined) return stranger;
      this.#parts.follow(await kube.apply<Cluster>(MESOS_CLUSTER, wanted, options));
      return { kind: "written" };
    } catch (error) {
      return outcomeOf(error);
    }
  }

  #object(spec: JsonObject): Cluster {
    const { namespace, name, uid } = this.#parts;
    const object = {
      apiVersion: apiVersionOf(MESOS_CLUSTER),
      kind: MESOS_CLUSTER.kind,
      // With a uid an apply never creates the object anew.
      metadata: { namespace, name, uid },
      spec,
    };
    return object as unknown as Cluster;
  }
}

/** @throws what is no answer about the values. */
function outcomeOf(error: unknown): ConfigWriteOutcome {
  if (isOperatingError(error, "KUBE_INVALID")) return { kind: "refused", reason: error.message };
  if (!isOperatingError(error, "KUBE_APPLY_CONFLICT")) throw error;
  const { managers, fields } = error.details;
  const manager = Array.isArray(managers) ? String(managers[0]) : "";
  const path = Array.isArray(fields) ? String(fields[0]) : "";
  return { kind: "managedElsewhere", ...placeOf(path), manager };
}

/** `.spec.roles[name="web"].quota.limits.cpus` → `role 'web'`, `quota`. */
function placeOf(path: string): { readonly subject: string; readonly field: string } {
  const place = /^\.spec\.(roles|maintenance\.windows)\[name="([^"]*)"\](?:\.([A-Za-z]+))?/.exec(
    path,
  );
  if (place === null) return { subject: "MesosCluster", field: path };
  const [, list, name = "", field] = place;
  return list === "roles"
    ? { subject: `role '${name}'`, field: field ?? "it" }
    : { subject: `maintenance window '${name}'`, field: field ?? "it" };
}
