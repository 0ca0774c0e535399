import { isOperatingError } from "../../api/errors/operating-error.ts";
import { MARATHON_APP } from "../../api/crd/v1alpha1/marathon-app/marathon-app.ts";
import type { MarathonAppSpec } from "../../api/crd/v1alpha1/marathon-app/spec.ts";
import type { ChangeRecord } from "../../domain/marathon/decide/change-record.ts";
import type { SeenObject } from "../../domain/marathon/decide/marathon-app-seen.ts";
import { annotationPatch, specPatch } from "../../domain/marathon/decide/spec-patch.ts";
import { ANNOTATION } from "../../domain/marathon/manifests/names.ts";
import { KINDS } from "../../runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../runtime/kube/kube-object.ts";
import { deadline, sleep, type Clock } from "../../runtime/ports/clock.ts";
import type { KubeWriter } from "../../runtime/ports/kube-transport.ts";
import type { AppDirectory } from "./app-directory.ts";
import type { AppObject } from "./caches.ts";
import type { AppStore } from "./ports.ts";

const MANAGER = "orchestrator-marathon";
const WRITE_MAX_MS = 5_000;
/** A write is answered when our own cache has seen it, at the latest after this time. */
const SEEN_MAX_MS = 2_000;
const LOOK_EVERY_MS = 5;
const DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";
const LOWEST_COST = "-2147483648";

export interface KubeAppStoreParts {
  readonly kube: KubeWriter;
  readonly clock: Clock;
  readonly directory: AppDirectory;
}

/** {@link AppStore} on MarathonApp objects, with read-your-writes. */
export class KubeAppStore implements AppStore {
  readonly #parts: KubeAppStoreParts;

  constructor(parts: KubeAppStoreParts) {
    this.#parts = parts;
  }

  async create(
    { namespace, name }: { readonly namespace: string; readonly name: string },
    spec: MarathonAppSpec,
    change: ChangeRecord,
  ): Promise<void> {
    const annotations = { [ANNOTATION.change]: JSON.stringify(change) };
    const object = { metadata: { namespace, name, annotations }, spec } as unknown as AppObject;
    const stored = await this.#write((signal) =>
      this.#parts.kube.create<AppObject>(MARATHON_APP, object, { signal, fieldManager: MANAGER }),
    );
    await this.#seen(stored);
  }

  async update(object: SeenObject, spec: MarathonAppSpec, change: ChangeRecord): Promise<void> {
    const { namespace, name, resourceVersion, annotations } = object.metadata;
    const operations = [
      // Stale answers 409: the change is decided anew on what is there then.
      { op: "replace", path: "/metadata/resourceVersion", value: resourceVersion } as const,
      annotationPatch(annotations, ANNOTATION.change, JSON.stringify(change)),
      ...specPatch(object.spec, spec),
    ];
    const stored = await this.#write((signal) =>
      this.#parts.kube.patch<AppObject>(
        { kind: MARATHON_APP, namespace, name },
        { type: "json", operations },
        { signal, fieldManager: MANAGER },
      ),
    );
    await this.#seen(stored);
  }

  async remove({ metadata }: SeenObject): Promise<boolean> {
    const { namespace, name, uid } = metadata;
    const ref = { kind: MARATHON_APP, namespace, name };
    const removed = await this.#write((signal) =>
      this.#parts.kube.delete(ref, { signal, uid, propagation: "Background" }),
    );
    await this.#until(() => this.#parts.directory.cached(namespace, name)?.metadata.uid !== uid);
    return removed;
  }

  async kill(pod: { readonly namespace: string; readonly name: string }): Promise<void> {
    await this.#write((signal) => this.#parts.kube.delete({ kind: KINDS.Pod, ...pod }, { signal }));
  }

  async markVictim(pod: { readonly namespace: string; readonly name: string }): Promise<void> {
    const patch = { metadata: { annotations: { [DELETION_COST]: LOWEST_COST } } };
    try {
      await this.#write((signal) =>
        this.#parts.kube.patch<KubeObject>(
          { kind: KINDS.Pod, ...pod },
          { type: "merge", patch },
          { signal, fieldManager: MANAGER },
        ),
      );
    } catch (error) {
      // The cache may still show a victim that is gone: what was asked for has happened.
      if (!isOperatingError(error, "KUBE_NOT_FOUND")) throw error;
    }
  }

  async #write<T>(send: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const limit = deadline(this.#parts.clock, WRITE_MAX_MS);
    try {
      return await send(limit.signal);
    } finally {
      limit.done();
    }
  }

  #seen(stored: AppObject): Promise<void> {
    const { namespace, name, resourceVersion: wanted, generation } = stored.metadata;
    return this.#until(() => {
      const cached = this.#parts.directory.cached(namespace, name);
      return (
        cached?.metadata.resourceVersion === wanted ||
        (cached !== undefined && cached.metadata.generation > generation) ||
        cached?.metadata.annotations?.[ANNOTATION.change] ===
          stored.metadata.annotations?.[ANNOTATION.change]
      );
    });
  }

  async #until(holds: () => boolean): Promise<void> {
    const { clock } = this.#parts;
    const limitMs = clock.monotonicMs() + SEEN_MAX_MS;
    while (!holds() && clock.monotonicMs() < limitMs) await sleep(clock, LOOK_EVERY_MS);
  }
}
