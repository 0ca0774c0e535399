import type { MesosCluster } from "../../../api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import type { Stall } from "./check-spec.ts";
import { childNames, type Component } from "./names.ts";
import type { Seen } from "./observed.ts";

/**
 * Components that run under an account of their own. What these read of the whole cluster is bound by the installation, for the
 * MesosCluster `mesos` by `config/rbac`: a namespaced object can own nothing cluster-wide, and the operator may not give it.
 */
export function ownAccounts({ spec }: Pick<MesosCluster, "spec">): Component[] {
  if (spec.management === "Unmanaged") return [];
  return [
    ...(spec.masters.placement === "Dedicated" ? (["master"] as const) : []),
    ...(spec.agents.enabled ? (["agent"] as const) : []),
  ];
}

/** Why masters or agents would see nothing, with the command that mends it. */
export function unboundStall({ unbound, cluster }: Seen): Stall | undefined {
  if (unbound.length === 0) return undefined;
  const { namespace, name } = cluster.metadata;
  const commands = unbound.map((component) => {
    const account = childNames(name)[component];
    return `kubectl create clusterrolebinding ${namespace}-${account} --clusterrole=orchestrator-${component}-cluster --serviceaccount=${namespace}:${account}`;
  });
  return {
    reason: "Forbidden",
    message: `accounts of this MesosCluster may not read nodes and pods, and only an administrator can let them: ${commands.join(" && ")}`,
  };
}
