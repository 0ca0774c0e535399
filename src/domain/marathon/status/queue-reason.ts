import { isGated, podCondition, type AppPod } from "./app-pod.ts";

/** Why offers do not match, in the order of Marathon's funnel. */
export const REJECT_REASONS = [
  "UnfulfilledRole",
  "UnfulfilledConstraint",
  "NoCorrespondingReservationFound",
  "AgentMaintenance",
  "InsufficientCpus",
  "InsufficientMemory",
  "InsufficientDisk",
  "InsufficientGpus",
  "InsufficientPorts",
  "DeclinedScarceResources",
] as const;
export type RejectReason = (typeof REJECT_REASONS)[number];

/** The scheduler's words for each reason; it counts nodes per cause in one sentence. */
const SCHEDULER_WORDS: readonly (readonly [RegExp, RejectReason])[] = [
  [/untolerated taint/, "UnfulfilledRole"],
  [/affinity|anti-affinity|topology spread|node selector/, "UnfulfilledConstraint"],
  [/volume node affinity/, "NoCorrespondingReservationFound"],
  [/were unschedulable|is unschedulable/, "AgentMaintenance"],
  [/Insufficient cpu/, "InsufficientCpus"],
  [/Insufficient memory/, "InsufficientMemory"],
  [/Insufficient ephemeral-storage/, "InsufficientDisk"],
  [/Insufficient nvidia\.com\/gpu/, "InsufficientGpus"],
  [/free ports/, "InsufficientPorts"],
];

/** The reasons that the scheduler's message names, in funnel order. */
export function reasonsOfScheduler(message: string): RejectReason[] {
  const withoutVolumes = message.replaceAll(/volume node affinity[^,.]*/g, "");
  const found = SCHEDULER_WORDS.filter(([words, reason]) =>
    words.test(reason === "NoCorrespondingReservationFound" ? message : withoutVolumes),
  ).map(([, reason]) => reason);
  return REJECT_REASONS.filter((reason) => found.includes(reason));
}

export interface QueueState {
  /** Instances that wait. */
  readonly count: number;
  /** Creation of the one that waits longest. */
  readonly since: string;
  readonly reason?: RejectReason;
  readonly message: string;
}

/** What of the app waits and why; `undefined` when nothing does. Gated Pods wait for the engine, others for a node. */
export function queueState(pods: readonly AppPod[]): QueueState | undefined {
  const waiting = pods.filter(
    ({ metadata, spec, status }) =>
      metadata.deletionTimestamp === undefined &&
      spec?.nodeName === undefined &&
      status?.phase !== "Failed" &&
      status?.phase !== "Succeeded",
  );
  if (waiting.length === 0) return undefined;
  const since = waiting.map(({ metadata }) => metadata.creationTimestamp ?? "").toSorted()[0]!;
  const gated = waiting.filter(isGated).length;
  const refused = waiting
    .map((pod) => podCondition(pod, "PodScheduled"))
    .find((condition) => condition?.reason === "Unschedulable")?.message;
  const [reason] = reasonsOfScheduler(refused ?? "");
  const message =
    refused ??
    (gated > 0
      ? `${gated} of ${waiting.length} instances wait for the engine to admit them`
      : `${waiting.length} instances wait for a node`);
  return {
    count: waiting.length,
    since,
    ...(reason ? { reason } : {}),
    message: message.slice(0, 1024),
  };
}
