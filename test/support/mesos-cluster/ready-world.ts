import type { Action } from "../../../src/domain/operator/mesos-cluster/actions.ts";
import {
  decideMesosCluster,
  type ClusterPlan,
} from "../../../src/domain/operator/mesos-cluster/decide.ts";
import type { LivePod, Seen } from "../../../src/domain/operator/mesos-cluster/observed.ts";
import { makeLive, makeNode, makePod, makeSeen } from "./make-seen.ts";

/** The operator's pod whose sidecar is the leading master. */
export const sidecar = makePod({ name: "operator-a", revision: "" });
export const LEADER_STATUS = { leader: { pod: "operator-a" } };

/** The world after `plan` was carried out and controllers did their part. */
export function settle(seen: Seen, plan: ClusterPlan, masterPods: readonly LivePod[] = []): Seen {
  const children = plan.actions
    .filter((action): action is Extract<Action, { kind: "apply" }> => action.kind === "apply")
    .map(({ child }) =>
      makeLive(child, {
        observedGeneration: 1,
        updateRevision: "new",
        desiredNumberScheduled: seen.nodes.length,
      }),
    );
  return {
    ...seen,
    children,
    masterPods,
    agentPods: seen.nodes.map(({ name }) =>
      makePod({ name: `a-${name}`, node: name, revision: "new" }),
    ),
    revisions: [{ owner: "DaemonSet/mesos-agent", hash: "new", number: 1, template: {} }],
  };
}

/** A sidecar cluster of two nodes that is complete: nothing is left to do. */
export function readySidecarWorld(): Seen {
  const fresh = makeSeen({
    operatorPods: [{ ...sidecar, labels: { "orchestrator.io/leader": "true" } }],
    nodes: [makeNode("n1"), makeNode("n2")],
    status: LEADER_STATUS,
  });
  const once = settle(fresh, decideMesosCluster(fresh));
  return settle(once, decideMesosCluster(once));
}
