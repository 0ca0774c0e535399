import { OperatingError } from "../../../src/api/errors/operating-error.ts";
import type { KubeKind, KubeRef } from "../../../src/runtime/kube/kube-kind.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
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

export interface MortalOptions {
  /** The write after which the process is gone: it takes effect, and nobody hears the answer. Default: none. */
  readonly diesAfter?: number;
  /** Which writes count; default all. */
  readonly counts?: (what: string) => boolean;
  /** Told of each write that took effect, as `apply Rollout/web`, or `status MesosCluster/mesos`; dry runs are none. */
  readonly note: (what: string) => void;
}

/** When a status is written, and how often, is a matter of time; everything else follows from the change. */
export const isNoStatus = (what: string): boolean => !what.startsWith("status ");

/** What one process has of the API server. After its last write it neither writes nor reads. */
export class MortalKube implements KubeTransport {
  readonly #kube: KubeTransport;
  readonly #note: (what: string) => void;
  readonly #counts: (what: string) => boolean;
  #left: number;

  constructor(
    kube: KubeTransport,
    { diesAfter = Infinity, counts = () => true, note }: MortalOptions,
  ) {
    this.#kube = kube;
    this.#left = diesAfter;
    this.#counts = counts;
    this.#note = note;
  }

  get isDead(): boolean {
    return this.#left <= 0;
  }

  async get<T extends KubeObject>(ref: KubeRef, options: CallOptions): Promise<T | undefined> {
    this.#live();
    return this.#kube.get(ref, options);
  }

  async list<T extends KubeObject>(where: Selection, options: ListOptions): Promise<KubeList<T>> {
    this.#live();
    return this.#kube.list(where, options);
  }

  async *watch<T extends KubeObject>(
    where: Selection,
    options: WatchOptions,
  ): AsyncGenerator<WatchEvent<T>, void, undefined> {
    this.#live();
    yield* this.#kube.watch<T>(where, options);
  }

  async create<T extends KubeObject>(kind: KubeKind, object: T, options: WriteOptions): Promise<T> {
    const call = () => this.#kube.create(kind, object, options);
    return this.#write("create", kind, object.metadata.name, options, call);
  }

  async apply<T extends KubeObject>(kind: KubeKind, object: T, options: ApplyOptions): Promise<T> {
    const call = () => this.#kube.apply(kind, object, options);
    return this.#write(options.subresource ?? "apply", kind, object.metadata.name, options, call);
  }

  async patch<T extends KubeObject>(
    ref: KubeRef,
    patch: KubePatch,
    options: WriteOptions,
  ): Promise<T> {
    const call = () => this.#kube.patch<T>(ref, patch, options);
    return this.#write("patch", ref.kind, ref.name, options, call);
  }

  async delete(ref: KubeRef, options: DeleteOptions): Promise<boolean> {
    const call = () => this.#kube.delete(ref, options);
    return this.#write("delete", ref.kind, ref.name, options, call);
  }

  async #write<R>(
    verb: string,
    { kind }: KubeKind,
    name: string,
    { dryRun = false }: { readonly dryRun?: boolean },
    call: () => Promise<R>,
  ): Promise<R> {
    this.#live();
    const result = await call();
    if (dryRun) return result;
    const what = `${verb} ${kind}/${name}`;
    this.#note(what);
    if (this.#counts(what)) this.#left -= 1;
    this.#live();
    return result;
  }

  #live(): void {
    if (this.isDead) throw new OperatingError("KUBE_UNAVAILABLE", "the process is gone");
  }
}
