import type { KubeKind, KubeRef } from "../kube/kube-kind.ts";
import type { KubeObject } from "../kube/kube-object.ts";
import type {
  ApplyOptions,
  DeleteOptions,
  KubePatch,
  KubeWriter,
  WriteOptions,
} from "../ports/kube-transport.ts";
import type { WriteLog } from "./reconciler.ts";

/** Notes every write that changed something in a {@link WriteLog}, and counts them. Dry runs leave no trace. */
export class TrackedWriter implements KubeWriter {
  readonly #writer: KubeWriter;
  readonly #log: WriteLog;
  #writes = 0;

  constructor(writer: KubeWriter, log: WriteLog) {
    this.#writer = writer;
    this.#log = log;
  }

  get writes(): number {
    return this.#writes;
  }

  async create<T extends KubeObject>(kind: KubeKind, object: T, options: WriteOptions): Promise<T> {
    const stored = await this.#writer.create(kind, object, options);
    this.#note(kind, stored, options);
    return stored;
  }

  async apply<T extends KubeObject>(kind: KubeKind, object: T, options: ApplyOptions): Promise<T> {
    const stored = await this.#writer.apply(kind, object, options);
    this.#note(kind, stored, options);
    return stored;
  }

  async patch<T extends KubeObject>(
    ref: KubeRef,
    patch: KubePatch,
    options: WriteOptions,
  ): Promise<T> {
    const stored = await this.#writer.patch<T>(ref, patch, options);
    this.#note(ref.kind, stored, options);
    return stored;
  }

  async delete(ref: KubeRef, options: DeleteOptions): Promise<boolean> {
    const deleted = await this.#writer.delete(ref, options);
    if (options.dryRun === true || !deleted) return deleted;
    this.#writes += 1;
    // Without a UID a namesake could be meant: nothing to wait for.
    if (options.uid !== undefined) {
      const { kind, name, namespace } = ref;
      const metadata = {
        name,
        uid: options.uid,
        ...(namespace === undefined ? {} : { namespace }),
      };
      this.#log.deleted(kind, { metadata });
    }
    return deleted;
  }

  /** Answers of `eviction`, `scale` and their like are other kinds of object: nothing to wait for in the cache. */
  #note(kind: KubeKind, stored: KubeObject, options: WriteOptions): void {
    if (options.dryRun === true) return;
    this.#writes += 1;
    if (options.subresource === undefined || options.subresource === "status") {
      this.#log.wrote(kind, stored);
    }
  }
}
