import type { ReconcileContext } from "../controller/reconciler.ts";
import type { KubeObject } from "../kube/kube-object.ts";
import { decideApply, withAppliedHash } from "./decide-apply.ts";
import { describeTarget, type KubeAction } from "./kube-action.ts";
import { missingPaths } from "./subset.ts";

const PATHS_MAX = 50;

/** What one action of a plan would do, for `spec.mode: Plan`. */
export interface PreviewEntry {
  /** `StatefulSet ns/name`. */
  readonly target: string;
  readonly action: "Create" | "Update" | "Delete" | "None";
  /** At most 50. */
  readonly changedPaths: readonly string[];
  /** A pod template would change. */
  readonly restartsPods: boolean;
}

/** Runs the actions with `dryRun=All` and says what each would change. Stores nothing. */
export async function previewActions(
  actions: readonly KubeAction[],
  { kube, signal }: Pick<ReconcileContext, "kube" | "signal">,
): Promise<readonly PreviewEntry[]> {
  const entries: PreviewEntry[] = [];
  for (const action of actions) entries.push(await preview(action, kube, signal));
  return entries;
}

async function preview(
  action: KubeAction,
  kube: ReconcileContext["kube"],
  signal: AbortSignal,
): Promise<PreviewEntry> {
  const target = describeTarget(action);
  const entry = (what: PreviewEntry["action"], changedPaths: readonly string[]): PreviewEntry => ({
    target,
    action: what,
    changedPaths,
    restartsPods:
      what !== "Create" && changedPaths.some((path) => path.startsWith(".spec.template.")),
  });
  switch (action.kind) {
    case "delete":
      return entry("Delete", []);
    case "patch":
      return entry("Update", []);
    case "apply": {
      const { desired, live } = action;
      const decision = decideApply(desired, live);
      if (decision.kind === "skip") return entry("None", []);
      const result = await kube.apply(action.target, withAppliedHash(desired), {
        signal,
        dryRun: true,
        ...(action.fieldManager === undefined ? {} : { fieldManager: action.fieldManager }),
        ...(action.force === undefined ? {} : { force: action.force }),
      });
      if (live === undefined) return entry("Create", []);
      const changed = changedPaths(live, result);
      return entry(changed.length === 0 ? "None" : "Update", changed);
    }
  }
}

/** Paths that differ either way, without bookkeeping. */
function changedPaths(live: KubeObject, result: KubeObject): readonly string[] {
  const paths = new Set([
    ...missingPaths(withoutBookkeeping(result), withoutBookkeeping(live), PATHS_MAX),
    ...missingPaths(withoutBookkeeping(live), withoutBookkeeping(result), PATHS_MAX),
  ]);
  return [...paths].slice(0, PATHS_MAX);
}

function withoutBookkeeping(object: KubeObject): unknown {
  const { labels, annotations, ownerReferences, finalizers } = object.metadata;
  const { metadata: _metadata, ...rest } = object as KubeObject & { status?: unknown };
  delete rest.status;
  return { ...rest, metadata: { labels, annotations, ownerReferences, finalizers } };
}
