import type { AppDefinition } from "../../../api/marathon/app.ts";
import type { FidelityItem } from "../manifests/fidelity.ts";
import { APP_LABEL } from "../manifests/names.ts";
import type { RolloutState } from "../status/rollout-state.ts";
import type { MarathonAppSeen, SeenChild } from "./marathon-app-seen.ts";

export const STALLED_REASONS = [
  "DuplicateId",
  "InvalidSpec",
  "NoSuchCluster",
  "NameCollision",
  "RolloutAborted",
  "ProgressDeadlineExceeded",
] as const;

/** Why a person must act; one reason, the first that holds. */
export interface Stalled {
  readonly reason: (typeof STALLED_REASONS)[number];
  readonly message: string;
}

/** Of another owner, or of none and without our labels: an orphan of this app's is taken back. */
function isForeign(child: Pick<SeenChild, "metadata"> | undefined, seen: MarathonAppSeen): boolean {
  if (!child) return false;
  const { uid, name } = seen.object.metadata;
  const owner = (child.metadata.ownerReferences ?? []).find((each) => each.controller === true);
  return owner ? owner.uid !== uid : child.metadata.labels?.[APP_LABEL] !== name;
}

function collision(seen: MarathonAppSeen): Stalled | undefined {
  const held = [
    ["Rollout", seen.rollout],
    ["PodDisruptionBudget", seen.podDisruptionBudget],
    ...seen.services.map((service) => ["Service", service] as const),
  ] as const;
  const found = held.find(([, child]) => isForeign(child, seen));
  return (
    found && {
      reason: "NameCollision",
      message: `${found[0]} ${found[1]!.metadata.name} exists and belongs to somebody else; rename one of them`,
    }
  );
}

/** What keeps the app from being acted on at all. */
export function stalledBefore(
  seen: MarathonAppSeen,
  app: AppDefinition | undefined,
  invalid: string | undefined,
): Stalled | undefined {
  if (seen.duplicateOf !== undefined) {
    const message = `MarathonApp ${seen.duplicateOf} has this id and is older`;
    return { reason: "DuplicateId", message };
  }
  if (!app) return { reason: "InvalidSpec", message: invalid ?? "the spec cannot be read" };
  if (seen.cluster === undefined) {
    const { cluster } = seen.object.spec;
    const message =
      cluster === undefined
        ? "spec.cluster is unset and the namespace has not exactly one MesosCluster"
        : `MesosCluster ${cluster} does not exist in this namespace`;
    return { reason: "NoSuchCluster", message };
  }
  return collision(seen);
}

/** `spec.strict`: a field that can only be dropped is not acceptable. */
export function stalledByFidelity(
  seen: MarathonAppSeen,
  fidelity: readonly FidelityItem[],
): Stalled | undefined {
  const dropped = fidelity.filter(({ level }) => level === "Dropped");
  if (!seen.object.spec.strict || dropped.length === 0) return undefined;
  const fields = dropped.map(({ field }) => field).join(", ");
  return { reason: "InvalidSpec", message: `strict: cannot be mapped: ${fields}` };
}

/** What became of the rollout, when only a person can get it on. */
export function stalledByRollout(state: RolloutState): Stalled | undefined {
  if (state.kind === "aborted") {
    return { reason: "RolloutAborted", message: state.message || "the rollout was aborted" };
  }
  return state.kind === "stuck"
    ? { reason: "ProgressDeadlineExceeded", message: state.message || "no progress" }
    : undefined;
}
