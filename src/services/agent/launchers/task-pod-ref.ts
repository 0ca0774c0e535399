import { podNameOf } from "../../../domain/agent/pod/pod-shell.ts";
import { KINDS } from "../../../runtime/kube/core-kinds.ts";
import type { KubeRef } from "../../../runtime/kube/kube-kind.ts";

/** Where the Pod of a run stands, or will stand. */
export function taskPodRef(namespace: string, containerId: string): KubeRef {
  return { kind: KINDS.Pod, namespace, name: podNameOf(containerId) };
}
