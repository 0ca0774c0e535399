import type { Action } from "../../domain/operator/mesos-cluster/actions.ts";
import { findChild } from "../../domain/operator/mesos-cluster/live-child.ts";
import { LEADER_LABEL } from "../../domain/operator/mesos-cluster/names.ts";
import type { Seen } from "../../domain/operator/mesos-cluster/observed.ts";
import type { KubeAction } from "../../runtime/apply/kube-action.ts";
import { KINDS } from "../../runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../runtime/kube/kube-object.ts";

/** A decided action as a write. Deletes and label changes meet only the very object that was looked at. */
export function toKubeAction(action: Action, seen: Seen): KubeAction {
  const { namespace } = seen.cluster.metadata;
  switch (action.kind) {
    case "apply": {
      const { kind, name, manifest } = action.child;
      const live = findChild(seen, kind, name)?.raw as unknown as KubeObject | undefined;
      return {
        kind: "apply",
        target: KINDS[kind],
        desired: manifest,
        ...(live === undefined ? {} : { live }),
      };
    }
    case "remove":
      return {
        kind: "delete",
        target: KINDS[action.child.kind],
        live: action.child.raw as unknown as KubeObject,
        propagation: "Background",
      };
    case "replacePod": {
      const { name, uid } = action.pod;
      return { kind: "delete", target: KINDS.Pod, live: { metadata: { name, namespace, uid } } };
    }
    case "markLeader": {
      const { name, uid } = action.pod;
      const labels = { [LEADER_LABEL]: action.leads ? "true" : null };
      return {
        kind: "patch",
        target: { kind: KINDS.Pod, namespace, name },
        patch: { type: "merge", patch: { metadata: { uid, labels } } },
      };
    }
  }
}
