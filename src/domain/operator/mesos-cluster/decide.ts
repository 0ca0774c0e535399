import type { Action } from "./actions.ts";
import { findStall, type Stall } from "./check-spec.ts";
import type { DesiredChild } from "./child.ts";
import { unboundStall } from "./cluster-roles.ts";
import { decideConditions } from "./conditions.ts";
import { decideAgentRoll } from "./decide-agent-roll.ts";
import { decideMasterRoll } from "./decide-master-roll.ts";
import type { Rolls } from "./desired-children.ts";
import { desiredChildren } from "./desired-children.ts";
import { isOurs } from "./live-child.ts";
import { LEADER_LABEL, PAUSED_ANNOTATION } from "./names.ts";
import { CHILD_KINDS, type LivePod, type Seen } from "./observed.ts";
import { decidePlacement, type Placement } from "./placement.ts";
import { readinessOf, reconcilingReason, waitsForCollector, type Readiness } from "./progress.ts";
import type { RollStep } from "./roll.ts";
import { observeAgentSet, observeMasterSet } from "./sets.ts";
import type { DecidedStatus } from "./status.ts";
import { decideStatus } from "./status.ts";

/** Nobody tells when an account is bound. */
const UNBOUND_LOOK_MS = 15_000;

/** What to do for a MesosCluster, and what to say about it. */
export interface ClusterPlan {
  readonly actions: readonly Action[];
  readonly status: DecidedStatus;
  readonly reasons: readonly string[];
  readonly requeueAfterMs?: number;
}

function decideRolls(seen: Seen): Rolls {
  const masters = observeMasterSet(seen);
  const agents = observeAgentSet(seen);
  return {
    masters: masters && {
      set: masters,
      step: decideMasterRoll(masters.rolling, seen.cluster.status?.leader?.pod),
    },
    agents: agents && {
      set: agents,
      step: decideAgentRoll(agents.rolling, seen.cluster.spec.agents.updateStrategy, seen.nodes),
    },
  };
}

function removals(seen: Seen, desired: readonly DesiredChild[]): Action[] {
  const wanted = new Set(desired.map(({ kind, name }) => `${kind}/${name}`));
  const superfluous = seen.children.filter(
    (child) => isOurs(seen, child) && !child.deleting && !wanted.has(`${child.kind}/${child.name}`),
  );
  // Backwards: what uses goes before what is used.
  const order = (kind: (typeof CHILD_KINDS)[number]): number => -CHILD_KINDS.indexOf(kind);
  return superfluous
    .sort((left, right) => order(left.kind) - order(right.kind))
    .map((child) => ({ kind: "remove", child }));
}

function replacements(step: RollStep | undefined): Action[] {
  if (step?.kind !== "replace") return [];
  return step.pods.map((pod) => ({ kind: "replacePod", pod, why: step.why }));
}

/** Pods that may carry the leader's label: those that serve, and those that did before masters moved. */
function markable(seen: Seen, placement: Placement): readonly LivePod[] {
  const { operator, others, masterPods, operatorPods } = seen;
  const sidecarIsOthers = others.some(
    ({ sidecar, namespace }) => sidecar && namespace === operator.namespace,
  );
  return placement.serving === "Dedicated" && sidecarIsOthers
    ? masterPods
    : [...operatorPods, ...masterPods];
}

function leaderMarks(seen: Seen, placement: Placement, readiness: Readiness): Action[] {
  const pods = markable(seen, placement).filter((pod) => !pod.deleting);
  const changes = pods.map((pod) => ({ pod, leads: pod.name === readiness.leader?.name }));
  return changes
    .filter(({ pod, leads }) => (pod.labels[LEADER_LABEL] === "true") !== leads)
    .sort((left, right) => Number(left.leads) - Number(right.leads))
    .map(({ pod, leads }) => ({ kind: "markLeader", pod, leads }));
}

function earliest(steps: readonly (RollStep | undefined)[]): number | undefined {
  const waits = steps.flatMap((step) =>
    step?.kind === "waiting" && step.afterMs !== undefined ? [step.afterMs] : [],
  );
  return waits.length === 0 ? undefined : Math.min(...waits);
}

function upgradeStall(blocked: boolean, rolls: Rolls): Stall | undefined {
  const failed = [rolls.masters, rolls.agents].find((roll) => roll?.step.kind === "failed");
  if (failed?.step.kind === "failed") {
    return { reason: "UpgradeBlocked", message: `${failed.step.why}: change the spec` };
  }
  return blocked
    ? {
        reason: "UpgradeBlocked",
        message: "the new pod template failed and the last good one runs: change the spec",
      }
    : undefined;
}

function isPaused(seen: Seen): boolean {
  const { spec, metadata } = seen.cluster;
  return spec.paused || metadata.annotations?.[PAUSED_ANNOTATION] === "true";
}

/**
 * Decides one round for a MesosCluster: whether anything stands in the way → where masters run → how far rolling is → which
 * children there shall be → what to write → what to say.
 */
export function decideMesosCluster(seen: Seen): ClusterPlan {
  const placement = decidePlacement(seen);
  const rolls = decideRolls(seen);
  const { children, blocked, electionMoves } = desiredChildren(seen, placement, rolls);
  const readiness = readinessOf(seen, placement, rolls);
  const deleting = seen.cluster.metadata.deletionTimestamp !== undefined;
  const refusal = deleting ? undefined : findStall(seen, children);
  // Children are made all the same: once the binding is there, they are let in by themselves.
  const unbound = deleting ? undefined : unboundStall(seen);
  const stall = refusal ?? unbound ?? (deleting ? undefined : upgradeStall(blocked, rolls));
  const paused = isPaused(seen);
  const reconciling = reconcilingReason(
    seen,
    children,
    { ...placement, moving: placement.moving || electionMoves },
    rolls,
    readiness,
  );
  const steps = [rolls.masters?.step, rolls.agents?.step];
  const waitingFor = steps.find((step) => step?.kind === "waiting")?.why;
  const idle =
    refusal !== undefined || paused || deleting || seen.cluster.spec.management === "Unmanaged";
  const conditions = decideConditions({
    seen,
    readiness,
    stall,
    reconciling: idle && !deleting ? undefined : reconciling,
    paused,
    waitingFor,
  });
  const actions: Action[] =
    idle || waitsForCollector(seen)
      ? []
      : [
          ...children.map((child) => ({ kind: "apply", child }) as const),
          ...leaderMarks(seen, placement, readiness),
          ...replacements(rolls.masters?.step),
          ...replacements(rolls.agents?.step),
          ...removals(seen, children),
        ];
  const requeueAfterMs = unbound === undefined ? earliest(steps) : UNBOUND_LOOK_MS;
  return {
    actions,
    status: decideStatus(seen, placement, rolls, readiness, conditions),
    reasons: conditions.map(({ reason }) => reason),
    ...(requeueAfterMs === undefined ? {} : { requeueAfterMs }),
  };
}
