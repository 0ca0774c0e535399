import type { OperatingError } from "../api/errors/operating-error.ts";
import type { Reconciler, ReconcileContext, ReconcileResult } from "./controller/reconciler.ts";
import type { ObjectKey } from "./kube/kube-object.ts";

/** What one look at the world led to. Decisions are data: countable, comparable, loggable, bounded. */
export interface Plan<A, S, R extends string = string> {
  readonly actions: readonly A[];
  /** Computed once, from what was observed and what is planned; nobody reads a half-built status. */
  readonly status: S;
  /** Why, from a closed set. */
  readonly reasons: readonly R[];
  readonly requeueAfterMs?: number;
}

export type Outcome =
  | { readonly kind: "applied"; readonly writes: number }
  /** A precondition moved: look again; not an error. */
  | { readonly kind: "stale"; readonly what: string }
  | { readonly kind: "failed"; readonly error: OperatingError };

/** The only reader. Its result is frozen and carries `nowMs`; `undefined` when the object is gone. */
export type Observe<O> = (key: ObjectKey, context: ReconcileContext) => Promise<O | undefined>;
/** Pure, total, synchronous; lives in `domain`. */
export type Decide<O, P> = (seen: O) => P;
/** The only writer; idempotent; stops at the first failing action and writes the status all the same. */
export type Apply<O, P> = (plan: P, seen: O, context: ReconcileContext) => Promise<Outcome>;

/** The one shape of every reconcile: observe → decide → apply. */
export function createLoop<O, P extends Plan<unknown, unknown>>(parts: {
  readonly observe: Observe<O>;
  readonly decide: Decide<O, P>;
  readonly apply: Apply<O, P>;
}): Reconciler {
  return {
    async reconcile(key, context): Promise<ReconcileResult> {
      const seen = await parts.observe(key, context);
      if (seen === undefined) return { kind: "done", planActions: 0 };
      const plan = parts.decide(seen);
      const outcome = await parts.apply(plan, seen, context);
      const planActions = plan.actions.length;
      switch (outcome.kind) {
        case "applied":
          return plan.requeueAfterMs === undefined
            ? { kind: "done", planActions }
            : { kind: "requeueAfter", afterMs: plan.requeueAfterMs, planActions };
        case "stale":
          return { kind: "stale", what: outcome.what };
        case "failed":
          return { kind: "failed", error: outcome.error };
      }
    },
  };
}
