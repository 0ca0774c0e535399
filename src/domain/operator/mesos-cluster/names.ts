import type { Belonging } from "../../manifests/labels.ts";

/** Names of the children of a cluster; Services follow from the cluster's name, hence `mesos-master:5050`. */
export function childNames(cluster: string) {
  return {
    master: `${cluster}-master`,
    masterLeader: `${cluster}-master-leader`,
    masterPeers: `${cluster}-master-peers`,
    masterSidecar: `${cluster}-master-sidecar`,
    agent: `${cluster}-agent`,
  } as const;
}

export type Component = "master" | "agent";

export function belonging(cluster: string, component: Component): Belonging {
  return { owner: "mesoscluster", name: cluster, component };
}

/** Label that the operator keeps on the pod of the leading master. */
export const LEADER_LABEL = "orchestrator.io/leader";
export const PAUSED_ANNOTATION = "orchestrator.io/paused";
export const RESTART_ANNOTATION = "orchestrator.io/restart-at";
/** Fingerprint of the pod template as it was applied: where another is wanted a roll is about to begin. */
export const TEMPLATE_MARK_ANNOTATION = "orchestrator.io/template-mark";
export const TEMPLATE_REVISION_ANNOTATION = "orchestrator.io/template-revision";
/** Revision that all pods of the child have run and been ready with. */
export const ROLLED_ANNOTATION = "orchestrator.io/rolled-revision";
/** Fingerprint of the template that failed; it is not tried again. */
export const BLOCKED_ANNOTATION = "orchestrator.io/blocked-template";

export const MASTER_PORT = 5050;
export const AGENT_PORT = 5051;
export const HEALTH_PORT = 8081;
/** Of a master beside the operator, whose own health has the other port. */
export const SIDECAR_HEALTH_PORT = 8082;
/** Newest pod template revision that this release renders. */
export const TEMPLATE_REVISION_LATEST = 1;
