import type { ClusterPlan } from "../../../src/domain/operator/mesos-cluster/decide.ts";

/** Children that the plan applies, as `Kind/name`, in its order. */
export const applied = (plan: ClusterPlan): string[] =>
  plan.actions.flatMap((action) =>
    action.kind === "apply" ? [`${action.child.kind}/${action.child.name}`] : [],
  );

/** Removals, replaced pods and marks of the leader in the plan, in its order. */
export const others = (plan: ClusterPlan): string[] =>
  plan.actions.flatMap((action): string[] => {
    if (action.kind === "remove") return [`remove ${action.child.kind}/${action.child.name}`];
    if (action.kind === "replacePod") return [`replace ${action.pod.name}`];
    if (action.kind === "markLeader")
      return [`${action.leads ? "mark" : "unmark"} ${action.pod.name}`];
    return [];
  });

/** Conditions of the planned status: type to `status reason`. */
export const conditions = (plan: ClusterPlan): Record<string, string> =>
  Object.fromEntries(
    plan.status.conditions.map(({ type, status, reason }) => [type, `${status} ${reason}`]),
  );
