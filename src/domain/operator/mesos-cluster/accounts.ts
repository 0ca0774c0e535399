import type { DesiredChild } from "./child.ts";
import { buildChild } from "./child.ts";
import { childNames, type Component } from "./names.ts";
import type { Seen } from "./observed.ts";

interface Subject {
  readonly name: string;
  readonly namespace: string;
}

function binding(seen: Seen, component: Component, subjects: readonly Subject[]): DesiredChild {
  return buildChild(
    seen,
    "RoleBinding",
    childNames(seen.cluster.metadata.name)[component],
    component,
    {
      roleRef: {
        apiGroup: "rbac.authorization.k8s.io",
        kind: "ClusterRole",
        name: `orchestrator-${component}`,
      },
      subjects: subjects.map((subject) => ({ kind: "ServiceAccount", ...subject })),
    },
  );
}

function account(seen: Seen, component: Component): DesiredChild {
  const name = childNames(seen.cluster.metadata.name)[component];
  return buildChild(seen, "ServiceAccount", name, component, {
    automountServiceAccountToken: false,
  });
}

/**
 * Accounts of masters and agents, bound to the installation's ClusterRoles in the cluster's namespace. A sidecar master runs
 * under the operator's account, since a pod has but one; while masters move, both are bound.
 */
export function buildAccounts(seen: Seen, dedicated: boolean): DesiredChild[] {
  const { masters, agents } = seen.cluster.spec;
  const { namespace, name } = seen.cluster.metadata;
  const names = childNames(name);
  const own = (component: Component): Subject => ({ name: names[component], namespace });
  const operator = { name: seen.operator.serviceAccount, namespace: seen.operator.namespace };
  const masterSubjects = [
    ...(dedicated ? [own("master")] : []),
    ...(masters.placement === "Sidecar" ? [operator] : []),
  ];
  return [
    ...(dedicated ? [account(seen, "master")] : []),
    binding(seen, "master", masterSubjects),
    ...(agents.enabled ? [account(seen, "agent"), binding(seen, "agent", [own("agent")])] : []),
  ];
}
