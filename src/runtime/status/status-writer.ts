import type { KubeKind } from "../kube/kube-kind.ts";
import { apiVersionOf } from "../kube/kube-kind.ts";
import type { KubeObject } from "../kube/kube-object.ts";
import type { Clock } from "../ports/clock.ts";
import type { KubeWriter } from "../ports/kube-transport.ts";
import {
  decideStatusWrite,
  urgentByDefault,
  type StatusDecision,
  type UrgentPart,
} from "./decide-status-write.ts";
import { withoutEmptyMaps } from "./without-empty-maps.ts";

export interface StatusWriterOptions {
  readonly kind: KubeKind;
  readonly clock: Clock;
  /** Writers that share a status have one manager each: `orchestrator`, `orchestrator-master` … */
  readonly fieldManager: string;
  readonly urgent?: UrgentPart;
}

interface Written {
  readonly status: object;
  readonly atMs: number;
}

/** Writes the status of objects of one kind by server-side apply, when it is worth a write. */
export class StatusWriter {
  readonly #options: StatusWriterOptions;
  readonly #written = new Map<string, Written>();

  constructor(options: StatusWriterOptions) {
    this.#options = options;
  }

  /**
   * @param live the object whose status it is. What we wrote ourselves is remembered, so that a cache that is behind does not cause
   * a second write; before our first write, the live status counts.
   * @returns the decision that was carried out; `later` says when to come back.
   */
  async write(
    live: KubeObject,
    asked: object,
    context: { readonly kube: KubeWriter; readonly signal: AbortSignal },
  ): Promise<StatusDecision> {
    const { kind, clock, fieldManager, urgent = urgentByDefault } = this.#options;
    const status = withoutEmptyMaps(asked);
    const uid = live.metadata.uid ?? "";
    const written = this.#written.get(uid);
    const nowMs = clock.monotonicMs();
    const decision = decideStatusWrite({
      previous: written?.status ?? (live as { readonly status?: object }).status,
      next: status,
      sinceWriteMs: written === undefined ? undefined : nowMs - written.atMs,
      urgent,
    });
    if (decision.kind !== "write") return decision;
    const { name, namespace } = live.metadata;
    const object = {
      apiVersion: apiVersionOf(kind),
      kind: kind.kind,
      // The UID keeps a status from creating or meeting a namesake.
      metadata: { name, uid, ...(namespace === undefined ? {} : { namespace }) },
      status,
    };
    await context.kube.apply(kind, object, {
      signal: context.signal,
      subresource: "status",
      fieldManager,
    });
    this.#written.set(uid, { status, atMs: nowMs });
    return decision;
  }

  /** To be called when the object is gone. */
  forget(uid: string): void {
    this.#written.delete(uid);
  }
}
