import type { MarathonApp } from "../../../src/api/crd/v1alpha1/marathon-app/marathon-app.ts";
import type { MesosCluster } from "../../../src/api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";

export type AppObject = MarathonApp & KubeObject;
export type ClusterObject = MesosCluster & KubeObject;

/** What stories read of a Pod. */
export interface PodObject extends KubeObject {
  readonly spec: {
    readonly nodeName?: string;
    readonly restartPolicy?: string;
    readonly schedulingGates?: readonly { readonly name: string }[];
    readonly containers: readonly {
      readonly name: string;
      readonly image: string;
      readonly resources?: { readonly requests?: Readonly<Record<string, string>> };
    }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly {
      readonly name: string;
      readonly containerID?: string;
      readonly ready?: boolean;
      readonly restartCount?: number;
      readonly state?: { readonly terminated?: object };
    }[];
  };
}

export interface RolloutObject extends KubeObject {
  readonly status?: { readonly phase?: string; readonly currentPodHash?: string };
}

export interface LeaseObject extends KubeObject {
  readonly spec?: { readonly holderIdentity?: string; readonly leaseTransitions?: number };
}

/** True for a Pod that holds resources: placed, and not ended. */
export function holdsResources(pod: PodObject): boolean {
  const phase = pod.status?.phase;
  if (phase === "Succeeded" || phase === "Failed" || hasEnded(pod)) return false;
  return pod.spec.nodeName !== undefined;
}

/** Kubelet tells that the last container ended a moment before it tells the phase; nothing runs any more then. */
function hasEnded({ spec, status }: PodObject): boolean {
  const states = status?.containerStatuses ?? [];
  const areAllOver = states.every(({ state }) => state?.terminated !== undefined);
  return spec.restartPolicy === "Never" && states.length > 0 && areAllOver;
}

export function isReady(pod: PodObject): boolean {
  const ready = pod.status?.conditions?.find(({ type }) => type === "Ready");
  return ready?.status === "True" && pod.metadata.deletionTimestamp === undefined;
}

/** CPU that a Pod requests, in thousandths. */
export function cpuMillis(pod: PodObject): number {
  return pod.spec.containers.reduce((sum, { resources }) => {
    const text = resources?.requests?.["cpu"] ?? "0";
    return sum + (text.endsWith("m") ? Number(text.slice(0, -1)) : Number(text) * 1000);
  }, 0);
}

/** `pod/container` of each container that does not live its first life. */
export function restartedContainers({ metadata, status }: PodObject): string[] {
  return (status?.containerStatuses ?? [])
    .filter(({ restartCount = 0 }) => restartCount > 0)
    .map(({ name }) => `${metadata.name}/${name}`);
}
