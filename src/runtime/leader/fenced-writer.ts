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
import { linkSignals } from "../link-signals.ts";
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

  create<T extends KubeObject>(kind: KubeKind, object: T, options: WriteOptions): Promise<T> {
    return this.#fenced(options, (fenced) => this.#writer.create(kind, object, fenced));
  }

  apply<T extends KubeObject>(kind: KubeKind, object: T, options: ApplyOptions): Promise<T> {
    return this.#fenced(options, (fenced) => this.#writer.apply(kind, object, fenced));
  }

  patch<T extends KubeObject>(ref: KubeRef, patch: KubePatch, options: WriteOptions): Promise<T> {
    return this.#fenced(options, (fenced) => this.#writer.patch<T>(ref, patch, fenced));
  }

  delete(ref: KubeRef, options: DeleteOptions): Promise<boolean> {
    return this.#fenced(options, (fenced) => this.#writer.delete(ref, fenced));
  }

  async #fenced<O extends CallOptions, R>(
    options: O,
    write: (fenced: O) => Promise<R>,
  ): Promise<R> {
    requireCurrent(this.#term);
    const { signal, unlink } = linkSignals(options.signal, this.#term.signal);
    try {
      return await write({ ...options, signal });
    } finally {
      unlink();
    }
  }
}

/** @throws {OperatingError} LEADER_TERM_EXPIRED when the term is not current. */
export function requireCurrent(term: Term): void {
  if (term.isCurrent()) return;
  throw new OperatingError("LEADER_TERM_EXPIRED", `term ${term.number} is over`, {
    details: { term: term.number },
  });
}
