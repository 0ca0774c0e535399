import { KINDS } from "../../../../src/runtime/kube/core-kinds.ts";
import type { KubeKind } from "../../../../src/runtime/kube/kube-kind.ts";
import type { KubeObject } from "../../../../src/runtime/kube/kube-object.ts";
import { formatTime } from "../../../../src/runtime/status/condition.ts";
import type { FakeKube } from "../fake-kube.ts";
import { controlledBy, isOwnedBy, type StandIn } from "./change.ts";

export interface Template {
  readonly metadata?: {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: object;
}

export interface Pod extends KubeObject {
  readonly spec: {
    readonly nodeName?: string;
    readonly schedulingGates?: readonly unknown[];
    readonly containers: readonly { readonly name: string; readonly image: string }[];
  };
  readonly status?: { readonly conditions?: readonly { readonly status: string }[] };
}

export const isReady = ({ status }: Pod): boolean => status?.conditions?.[0]?.status === "True";

export function podsOf(kube: FakeKube, owner: KubeObject): readonly Pod[] {
  return kube.peek<Pod>(KINDS.Pod).filter((pod) => isOwnedBy(pod, owner));
}

/** Makes the Pod of a template for `owner`. */
export function makePod(
  kube: FakeKube,
  owner: { readonly kind: KubeKind; readonly object: KubeObject },
  template: Template,
  own: { readonly name: string; readonly labels: Record<string, string>; readonly node?: string },
): void {
  const { namespace = "" } = owner.object.metadata;
  const metadata = {
    name: own.name,
    namespace,
    labels: { ...template.metadata?.labels, ...own.labels },
    annotations: { ...template.metadata?.annotations },
    ownerReferences: controlledBy(owner.kind, owner.object),
  };
  const spec = { ...template.spec, ...(own.node === undefined ? {} : { nodeName: own.node }) };
  kube.put(KINDS.Pod, { metadata, spec } as KubeObject);
}

/** An image that no container starts with. */
export const BROKEN_IMAGE = "broken:1";

/**
 * The engine, the scheduler and the kubelet: one step opens a Pod's gates, the next gives it a node, the one after makes it ready, unless
 * its image is {@link BROKEN_IMAGE}.
 */
export const playPods: StandIn = (kube, nowMs) => {
  for (const pod of kube.peek<Pod>(KINDS.Pod)) {
    const { schedulingGates = [], nodeName, ...spec } = pod.spec;
    if (schedulingGates.length > 0) kube.put(KINDS.Pod, { ...pod, spec } as KubeObject);
    else if (nodeName === undefined) {
      kube.put(KINDS.Pod, { ...pod, spec: { ...spec, nodeName: "node-1" } } as KubeObject);
    } else if (!isReady(pod) && spec.containers[0]?.image !== BROKEN_IMAGE) {
      kube.put(KINDS.Pod, { ...pod, status: running(pod, formatTime(nowMs)) } as KubeObject);
    }
  }
};

function running({ spec }: Pod, now: string): object {
  const { name = "" } = spec.containers[0] ?? {};
  return {
    phase: "Running",
    conditions: [{ type: "Ready", status: "True", lastTransitionTime: now }],
    containerStatuses: [
      { name, ready: true, started: true, state: { running: { startedAt: now } } },
    ],
  };
}
