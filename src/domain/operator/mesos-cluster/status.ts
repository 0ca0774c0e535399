import type { Phase } from "../../../api/crd/v1alpha1/common/common-status.ts";
import type { MesosClusterStatus } from "../../../api/crd/v1alpha1/mesos-cluster/status.ts";
import type { ConditionFact } from "../condition-fact.ts";
import { childNames, TEMPLATE_REVISION_LATEST } from "./names.ts";
import type { LivePod, Seen } from "./observed.ts";
import type { Placement } from "./placement.ts";
import type { Readiness } from "./progress.ts";
import { servingPods } from "./progress.ts";
import type { Rolls } from "./desired-children.ts";

/** The operator's part of the status, with conditions that still lack their times. */
export type DecidedStatus = Omit<MesosClusterStatus, "conditions"> & {
  readonly conditions: readonly ConditionFact[];
};

function holds(facts: readonly ConditionFact[], type: string): boolean {
  return facts.some((fact) => fact.type === type && fact.status === "True");
}

/** Derived from the conditions; nothing reads it back. */
export function phaseOf(seen: Seen, facts: readonly ConditionFact[], wasComplete: boolean): Phase {
  if (seen.cluster.metadata.deletionTimestamp !== undefined) return "Terminating";
  if (holds(facts, "Stalled")) return "Stalled";
  if (holds(facts, "ReconciliationPaused")) return "Paused";
  if (holds(facts, "Ready")) return holds(facts, "Reconciling") ? "Progressing" : "Ready";
  const busy = facts.find(({ type }) => type === "Reconciling")?.reason;
  const planned = ["RollingMasters", "RollingAgents", "MovingElection"].includes(busy ?? "");
  if (wasComplete && !planned) return "Degraded";
  return busy === undefined ? "Pending" : "Progressing";
}

function members(
  pods: readonly LivePod[],
  leader: LivePod | undefined,
): NonNullable<MesosClusterStatus["masters"]>["members"] {
  return [...pods]
    .filter((pod) => !pod.deleting)
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .slice(0, 16)
    .map((pod) => ({
      pod: pod.name,
      role: pod.name === leader?.name ? "Leader" : "Standby",
      ready: pod.ready,
      ...(pod.revision === "" ? {} : { revision: pod.revision }),
    }));
}

function updated(roll: Rolls["masters"]): number {
  const { pods, target } = roll?.set.rolling ?? { pods: [], target: undefined };
  return pods.filter((pod) => !pod.deleting && pod.revision === target).length;
}

function endpoints(seen: Seen): MesosClusterStatus["endpoints"] {
  const { name, namespace } = seen.cluster.metadata;
  const names = childNames(name);
  const { port } = seen.cluster.spec.masters.service;
  const url = (service: string): string => `http://${service}.${namespace}.svc:${port}`;
  return { api: url(names.master), leader: url(names.masterLeader) };
}

/** What the operator says about the cluster. Counts of registered agents, frameworks and resources are the master's to say. */
export function decideStatus(
  seen: Seen,
  placement: Placement,
  rolls: Rolls,
  readiness: Readiness,
  conditions: readonly ConditionFact[],
): DecidedStatus {
  const ready = conditions.find(({ type }) => type === "Ready");
  const sidecar = placement.serving === "Sidecar";
  const pods = servingPods(seen, placement);
  return {
    observedGeneration: seen.cluster.metadata.generation ?? 0,
    phase: phaseOf(seen, conditions, readiness.wasComplete),
    message: ready?.message ?? "",
    templateRevision: TEMPLATE_REVISION_LATEST,
    latestTemplateRevision: TEMPLATE_REVISION_LATEST,
    operatorVersion: seen.operator.version,
    conditions,
    masters: {
      desired: readiness.mastersDesired,
      ready: readiness.mastersReady,
      updated: sidecar ? readiness.mastersReady : updated(rolls.masters),
      members: members(pods, readiness.leader),
    },
    agents: { desired: readiness.agentsDesired, updated: updated(rolls.agents) },
    endpoints: endpoints(seen),
  };
}
