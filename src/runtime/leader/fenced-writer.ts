import { OperatingError } from "../../api/errors/operating-error.ts";
import type { KubeKind, KubeRef } from "../kube/kube-kind.ts";
import type { KubeObject } from "../kube/kube-object.ts";
import type {
  ApplyOptions,
  CallOptions,
  DeleteOptions,
  KubePatch,
  KubeWriter,
  WriteOptions,
} from "../ports/kube-transport.ts";
import type { Term } from "./term.ts";

/**
 * Lets a write start only while the term is current and aborts it when the term is lost. Together with the transport's deadline
 * (`lease − renew deadline`) no write of an old term runs once another holder may start.
 */
export class FencedWriter implements KubeWriter {
  readonly #writer: KubeWriter;
  readonly #term: Term;

  constructor(writer: KubeWriter, term: Term) {
    this.#writer = writer;
    this.#term = term;
  }

  async create<T extends KubeObject>(kind: KubeKind, object: T, options: WriteOptions): Promise<T> {
    return this.#writer.create(kind, object, this.#fence(options));
  }

  async apply<T extends KubeObject>(kind: KubeKind, object: T, options: ApplyOptions): Promise<T> {
    return this.#writer.apply(kind, object, this.#fence(options));
  }

  async patch<T extends KubeObject>(
    ref: KubeRef,
    patch: KubePatch,
    options: WriteOptions,
  ): Promise<T> {
    return this.#writer.patch(ref, patch, this.#fence(options));
  }

  async delete(ref: KubeRef, options: DeleteOptions): Promise<boolean> {
    return this.#writer.delete(ref, this.#fence(options));
  }

  #fence<O extends CallOptions>(options: O): O {
    requireCurrent(this.#term);
    return { ...options, signal: AbortSignal.any([options.signal, this.#term.signal]) };
  }
}

/** @throws {OperatingError} LEADER_TERM_EXPIRED when the term is not current. */
export function requireCurrent(term: Term): void {
  if (term.isCurrent()) return;
  throw new OperatingError("LEADER_TERM_EXPIRED", `term ${term.number} is over`, {
    details: { term: term.number },
  });
}
