import type { AgentId } from "../../api/ids/ids.ts";
import { invariant } from "../../api/invariant.ts";
import { BORROWED_ANNOTATION } from "../agent/pod-request.ts";
import type { Resources } from "../resources/resource.ts";
import { subtractRanges } from "../resources/ranges.ts";
import type { Ranges } from "../resources/ranges.ts";
import { deletionCost } from "./deletion-cost.ts";
import {
  ADMISSION_GATE,
  ADMITTED_ANNOTATION,
  DELETION_COST_ANNOTATION,
  HOSTNAME_LABEL,
  PORTS_ANNOTATION,
  portAnnotation,
} from "./names.ts";
import type { PoolPod } from "./pool-pod.ts";
import { needsPin } from "./pool-pod.ts";

export interface PatchOperation {
  readonly op: "add" | "remove" | "replace";
  readonly path: string;
  readonly value?: string | Readonly<Record<string, string>>;
}

/** One decision to let a pod start. */
export interface AdmissionGrant {
  readonly agentId: AgentId;
  /** Value of the node's hostname label, for pods that must run there. */
  readonly hostnameLabel: string;
  /** What the allocator charged: the request and the chosen ports. */
  readonly resources: Resources;
  readonly term: number;
  readonly nowMs: number;
}

function portsOf(resources: Resources): Ranges {
  return resources.flatMap((item) =>
    item.kind === "ranges" && item.name === "ports" ? item.ranges : [],
  );
}

/** Numbers the engine chose, ascending: what was charged less what the pod names itself. */
export function chosenPorts(pod: PoolPod, charged: Resources): readonly number[] {
  const chosen = subtractRanges(portsOf(charged), portsOf(pod.request));
  const numbers = chosen.flatMap(([begin, end]) =>
    Array.from({ length: end - begin + 1 }, (_, offset) => begin + offset),
  );
  invariant(numbers.length === pod.dynamicPorts, "an admission brings the dynamic ports asked for");
  return numbers;
}

function annotationsOf(pod: PoolPod, grant: AdmissionGrant): Readonly<Record<string, string>> {
  const ports = chosenPorts(pod, grant.resources);
  const numbered = ports.map((port, index) => [portAnnotation(index), String(port)] as const);
  return {
    [ADMITTED_ANNOTATION]: `${grant.term}/${grant.agentId}`,
    ...Object.fromEntries(numbered),
    ...(ports.length === 0 ? {} : { [PORTS_ANNOTATION]: ports.join(",") }),
    ...(isOnLoan(grant.resources) ? { [BORROWED_ANNOTATION]: "true" } : {}),
    ...(pod.killSelection === undefined
      ? {}
      : { [DELETION_COST_ANNOTATION]: String(deletionCost(pod.killSelection, grant.nowMs)) }),
  };
}

/** Pods ask for nothing revocable: what is charged as such is lent to them. */
function isOnLoan(charged: Resources): boolean {
  return charged.some(({ kind, revocable }) => kind === "scalar" && revocable === true);
}

const escape = (key: string): string => key.replaceAll("~", "~0").replaceAll("/", "~1");

/** Members added to a map that may not be there yet. */
function addAll(
  path: string,
  present: Readonly<Record<string, string>> | undefined,
  members: Readonly<Record<string, string>>,
): readonly PatchOperation[] {
  const isAbsent = present === undefined || Object.keys(present).length === 0;
  if (isAbsent) return [{ op: "add", path, value: members }];
  return Object.entries(members).map(([key, value]) => ({
    op: "add",
    path: `${path}/${escape(key)}`,
    value,
  }));
}

/**
 * The one write of an admission. It replaces `resourceVersion`, so that it fails with a conflict when the pod is not the
 * one that was decided on (a failed `test` would answer 422, the code of a refusal).
 */
export function admissionPatch(pod: PoolPod, grant: AdmissionGrant): readonly PatchOperation[] {
  const { metadata, spec } = pod.object;
  const gate = (spec.schedulingGates ?? []).findIndex(({ name }) => name === ADMISSION_GATE);
  invariant(gate >= 0 && metadata.resourceVersion !== undefined, "only a gated pod is admitted");
  return [
    { op: "replace", path: "/metadata/resourceVersion", value: metadata.resourceVersion },
    { op: "remove", path: `/spec/schedulingGates/${gate}` },
    ...(needsPin(pod)
      ? addAll("/spec/nodeSelector", spec.nodeSelector, { [HOSTNAME_LABEL]: grant.hostnameLabel })
      : []),
    ...addAll("/metadata/annotations", metadata.annotations, annotationsOf(pod, grant)),
  ];
}
