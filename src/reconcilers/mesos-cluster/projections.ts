import type { KubeObject } from "../../runtime/kube/kube-object.ts";
import type { NodeObject, PodObject } from "./kube-objects.ts";
import { readyCondition } from "./kube-objects.ts";

/** Metadata that decisions read; the rest would only cost memory. */
function projectMetadata({ metadata }: KubeObject): KubeObject["metadata"] {
  const { managedFields: _, annotations: __, ...kept } = metadata;
  return kept;
}

const readyOnly = (object: PodObject | NodeObject): NonNullable<PodObject["status"]> => {
  const ready = readyCondition(object);
  return { conditions: ready === undefined ? [] : [ready] };
};

/** A pod as far as it is read here: where it is, whether it is ready, which revision it has. */
export function projectPod(pod: PodObject): PodObject {
  const nodeName = pod.spec?.nodeName;
  return {
    metadata: projectMetadata(pod),
    spec: nodeName === undefined ? {} : { nodeName },
    status: readyOnly(pod),
  };
}

/** A node as far as it is read here: its labels and whether it is ready. */
export function projectNode(node: NodeObject): NodeObject {
  return { metadata: projectMetadata(node), status: readyOnly(node) };
}

/** True for a node update in which nothing that is read here changed. */
export function isHeartbeat(previous: NodeObject, next: NodeObject): boolean {
  const { resourceVersion: _, ...before } = previous.metadata;
  const { resourceVersion: __, ...after } = next.metadata;
  const ready = (node: NodeObject): boolean => readyCondition(node) !== undefined;
  return ready(previous) === ready(next) && JSON.stringify(before) === JSON.stringify(after);
}
