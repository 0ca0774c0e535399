import type { AgentId, KubeUid } from "../../api/ids/ids.ts";
import { asId } from "../../api/ids/ids.ts";
import type { ConstraintTuple } from "../../api/marathon/app.ts";
import { KIND_LABEL, POOL_LABEL, ROLE_ANNOTATION } from "../agent/inventory.ts";
import { isPodLive } from "../agent/kube-pod.ts";
import type { ExtendedResourceNames } from "../agent/pod-request.ts";
import { podRequestResources } from "../agent/pod-request.ts";
import { roleFault } from "../mesos/roles.ts";
import type { Resources } from "../resources/resource.ts";
import { ADMISSION_GATE, ADMITTED_ANNOTATION, APP_LABEL, APP_VERSION_ANNOTATION } from "./names.ts";
import type { GatedPod } from "./kube-view.ts";
import type { PodFault } from "./request/annotations.ts";
import {
  readAcceptedRoles,
  readConstraints,
  readDynamicPorts,
  readKillSelection,
} from "./request/annotations.ts";
import type { AcceptedRoles, KillSelection } from "./request/annotations.ts";
import type { NodeRules } from "./rules/node-rules.ts";
import { nodeRulesOf } from "./rules/node-rules.ts";

/** Where a pool pod is in its life. */
export type PoolPodState =
  /** Carries the gate. */
  | { readonly kind: "waiting" }
  /** The gate is gone, no node yet. Without `agentId` the gate was removed by somebody else. */
  | { readonly kind: "admitted"; readonly agentId?: AgentId }
  /** `isAdmitted`: it came through the gate by us. */
  | { readonly kind: "placed"; readonly nodeName: string; readonly isAdmitted: boolean }
  /** Succeeded, Failed, or deleted before it had a node. */
  | { readonly kind: "over" };

/** A pod that shares the pool with Mesos frameworks, as admission sees it. */
export interface PoolPod {
  readonly uid: KubeUid;
  readonly namespace: string;
  readonly name: string;
  readonly state: PoolPodState;
  readonly role: string;
  /** Whole and exact; dynamic ports are not in it. */
  readonly request: Resources;
  readonly priority: number;
  readonly createdMs: number;
  readonly acceptedRoles: AcceptedRoles;
  readonly dynamicPorts: number;
  readonly constraints: readonly ConstraintTuple[];
  readonly killSelection?: KillSelection;
  /** `<namespace>/<app>`; absent for pods of no app. */
  readonly appKey?: string;
  readonly appVersion?: string;
  readonly rules: NodeRules;
  /** What it was read from; a patch needs its resourceVersion and present fields. */
  readonly object: GatedPod;
}

export interface PoolRules {
  /** Name of the MesosCluster: the value of the pool label. */
  readonly pool: string;
  readonly defaultRole: string;
  readonly extended: ExtendedResourceNames;
}

export type ReadPod =
  | { readonly kind: "pool"; readonly pod: PoolPod }
  /** Of the pool by its label, but an annotation says nothing we can follow: it stays gated. */
  | { readonly kind: "faulty"; readonly fault: PodFault; readonly pod: PoolPod }
  | { readonly kind: "outside" };

/** A pod of this pool and no pod of an agent. */
export function isPoolPod(pod: GatedPod, pool: string): boolean {
  const labels = pod.metadata.labels;
  return labels?.[POOL_LABEL] === pool && labels[KIND_LABEL] === undefined;
}

function stateOf(pod: GatedPod): PoolPodState {
  if (!isPodLive(pod)) return { kind: "over" };
  const admitted = pod.metadata.annotations?.[ADMITTED_ANNOTATION];
  const nodeName = pod.spec.nodeName;
  if (nodeName !== undefined && nodeName !== "") {
    return { kind: "placed", nodeName, isAdmitted: admitted !== undefined };
  }
  // The scheduler never binds a pod that is being deleted.
  if (pod.metadata.deletionTimestamp !== undefined) return { kind: "over" };
  if (pod.spec.schedulingGates?.some((gate) => gate.name === ADMISSION_GATE)) {
    return { kind: "waiting" };
  }
  const agentId = admitted?.slice(admitted.indexOf("/") + 1);
  return agentId === undefined
    ? { kind: "admitted" }
    : { kind: "admitted", agentId: asId<AgentId>(agentId) };
}

function appKeyOf({ metadata }: GatedPod): string | undefined {
  const app = metadata.labels?.[APP_LABEL];
  return app === undefined ? undefined : `${metadata.namespace ?? ""}/${app}`;
}

/** A raw pod as admission sees it. Faults are reported one at a time, in the order of reading; faulty fields get their default. */
export function readPoolPod(object: GatedPod, rules: PoolRules): ReadPod {
  if (!isPoolPod(object, rules.pool)) return { kind: "outside" };
  const { metadata, spec } = object;
  const annotations = metadata.annotations ?? {};
  const named = annotations[ROLE_ANNOTATION] ?? rules.defaultRole;
  const fault = roleFault(named);
  const role = fault === undefined ? named : rules.defaultRole;
  const accepted = readAcceptedRoles(annotations, role);
  const ports = readDynamicPorts(annotations);
  const constraints = readConstraints(annotations);
  const killSelection = readKillSelection(annotations);
  const appKey = appKeyOf(object);
  const appVersion = annotations[APP_VERSION_ANNOTATION];
  const pod: PoolPod = {
    uid: asId<KubeUid>(metadata.uid ?? ""),
    namespace: metadata.namespace ?? "",
    name: metadata.name,
    state: stateOf(object),
    role,
    request: podRequestResources(object, rules.extended),
    priority: spec.priority ?? 0,
    createdMs: Date.parse(metadata.creationTimestamp ?? "") || 0,
    acceptedRoles: accepted.ok ? accepted.value : "both",
    dynamicPorts: ports.ok ? ports.value : 0,
    constraints: constraints.ok ? constraints.value : [],
    ...(killSelection === undefined ? {} : { killSelection }),
    ...(appKey === undefined ? {} : { appKey }),
    ...(appVersion === undefined ? {} : { appVersion }),
    rules: nodeRulesOf(spec),
    object,
  };
  const faults = [accepted, ports, constraints].flatMap((read) => (read.ok ? [] : [read.fault]));
  const first =
    fault === undefined ? faults[0] : { reason: "InvalidRole" as const, message: fault };
  return first === undefined ? { kind: "pool", pod } : { kind: "faulty", fault: first, pod };
}

/** Whether our own choice of node must bind the pod: its constraints or its port numbers hold on that agent only. */
export function needsPin({ constraints, dynamicPorts }: PoolPod): boolean {
  return constraints.length > 0 || dynamicPorts > 0;
}
