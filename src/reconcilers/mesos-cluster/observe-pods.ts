import type { LiveNode, LivePod } from "../../domain/operator/mesos-cluster/observed.ts";
import type { NodeObject, PodObject } from "./kube-objects.ts";
import { readyCondition } from "./kube-objects.ts";

const timeMs = (text: string | undefined): number => (text === undefined ? 0 : Date.parse(text));

/** A pod of a master or agent as decisions see it. */
export function livePod(pod: PodObject): LivePod {
  const { metadata, spec } = pod;
  const ready = readyCondition(pod);
  return {
    name: metadata.name,
    uid: metadata.uid ?? "",
    labels: metadata.labels ?? {},
    revision: metadata.labels?.["controller-revision-hash"] ?? "",
    node: spec?.nodeName ?? "",
    ready: ready !== undefined,
    readySinceMs: timeMs(ready?.lastTransitionTime),
    createdMs: timeMs(metadata.creationTimestamp),
    deleting: metadata.deletionTimestamp !== undefined,
  };
}

export function liveNode(node: NodeObject): LiveNode {
  return {
    name: node.metadata.name,
    ready: readyCondition(node) !== undefined,
    labels: node.metadata.labels ?? {},
  };
}
