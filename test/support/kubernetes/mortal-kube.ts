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
  /** Writes in other namespaces neither count nor are told: what another suite left may still be on its way out. */
  readonly namespace?: string;
}

/** When a status is written, and how often, is a matter of time; everything else follows from the change. */
export const isNoStatus = (what: string): boolean => !what.startsWith("status ");

/** What one process has of the API server. After its last write it neither writes nor reads. */
export class MortalKube implements KubeTransport {
  readonly #kube: KubeTransport;
  readonly #note: (what: string) => void;
  readonly #counts: (what: string) => boolean;
  readonly #namespace: string | undefined;
  #left: number;

  constructor(
    kube: KubeTransport,
    { diesAfter = Infinity, counts = () => true, note, namespace }: MortalOptions,
  ) {
    this.#kube = kube;
    this.#left = diesAfter;
    this.#counts = counts;
    this.#note = note;
    this.#namespace = namespace;
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
    return this.#write("create", { kind, ...object.metadata }, options, call);
  }

  async apply<T extends KubeObject>(kind: KubeKind, object: T, options: ApplyOptions): Promise<T> {
    const call = () => this.#kube.apply(kind, object, options);
    return this.#write(options.subresource ?? "apply", { kind, ...object.metadata }, options, call);
  }

  async patch<T extends KubeObject>(
    ref: KubeRef,
    patch: KubePatch,
    options: WriteOptions,
  ): Promise<T> {
    const call = () => this.#kube.patch<T>(ref, patch, options);
    return this.#write("patch", ref, options, call);
  }

  async delete(ref: KubeRef, options: DeleteOptions): Promise<boolean> {
    const call = () => this.#kube.delete(ref, options);
    return this.#write("delete", ref, options, call);
  }

  async #write<R>(
    verb: string,
    { kind, name, namespace }: KubeRef,
    { dryRun = false }: { readonly dryRun?: boolean },
    call: () => Promise<R>,
  ): Promise<R> {
    this.#live();
    const result = await call();
    if (dryRun || this.#isElsewhere(namespace)) return result;
    const what = `${verb} ${kind.kind}/${name}`;
    this.#note(what);
    if (this.#counts(what)) this.#left -= 1;
    this.#live();
    return result;
  }

  #isElsewhere(namespace: string | undefined): boolean {
    const own = this.#namespace;
    return own !== undefined && namespace !== undefined && namespace !== own;
  }

  #live(): void {
    if (this.isDead) throw new OperatingError("KUBE_UNAVAILABLE", "the process is gone");
  }
}
