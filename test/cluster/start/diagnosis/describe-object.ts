import type { KubeCondition } from "../kubectl.ts";
import type { ContainerThing, KubeThing, PodThing } from "./world.ts";

/** Conditions that are bad news when they are True. */
const ABNORMAL: ReadonlySet<string> = new Set([
  "Stalled",
  "Degraded",
  "InvalidSpec",
  "MemoryPressure",
  "DiskPressure",
  "PIDPressure",
]);
/** Conditions that say how things go, not whether they are well. */
const PROGRESS: ReadonlySet<string> = new Set([
  "Reconciling",
  "Progressing",
  "Paused",
  "Completed",
]);

/** What is wrong with an object, one line each; none when it is well. */
export function describeObject({ kind, metadata, status }: KubeThing): string[] {
  const conditions = status?.conditions ?? [];
  const ready = conditions.find(({ type }) => type === "Ready");
  const bad = conditions.filter(
    (condition) => condition !== ready && isBad(condition) && condition.message !== ready?.message,
  );
  if (ready?.status === "True" && bad.length === 0) return [];
  const title = `${kind.toLowerCase()} ${metadata.name}`;
  if (conditions.length === 0) return [`${title}: nobody has looked at it yet (no conditions)`];
  const [first, ...rest] = [
    ...(ready === undefined || ready.status === "True" ? [] : [ready]),
    ...bad,
  ];
  if (first === undefined) return [];
  return [`${title}: ${describe(first)}`, ...rest.map((condition) => `  ${describe(condition)}`)];
}

/** What is wrong with a pod, one line each; none when it runs and is ready, has succeeded, or is on its way out. */
export function describePod({ metadata, spec, status }: PodThing): string[] {
  const conditions = status?.conditions ?? [];
  const isReady = conditions.some(
    ({ type, status: value }) => type === "Ready" && value === "True",
  );
  const phase = status?.phase ?? "Unknown";
  if (isReady || phase === "Succeeded" || metadata.deletionTimestamp !== undefined) return [];
  const place = spec?.nodeName === undefined ? "on no node" : `on ${spec.nodeName}`;
  const scheduled = conditions.find(({ type }) => type === "PodScheduled");
  const because =
    scheduled?.status === "False" ? describeReason(scheduled) : describeReason(status ?? {});
  const containers = [
    ...(status?.initContainerStatuses ?? []).filter(({ state }) => !hasSucceeded(state)),
    ...(status?.containerStatuses ?? []),
  ];
  return [
    `pod ${metadata.name}: ${phase} ${place}${because === "" ? "" : `, ${because}`}`,
    ...containers.flatMap((container) => describeContainer(container)),
  ];
}

function describeContainer({
  name,
  ready,
  restartCount,
  state,
  lastState,
}: ContainerThing): string[] {
  if (ready === true) return [];
  const last = lastState?.terminated;
  const parts = [
    describeState(state),
    ...(restartCount ? [`restarted ${restartCount} times`] : []),
    ...(last === undefined
      ? []
      : [
          `ended with code ${last.exitCode ?? "?"}${last.reason ? ` (${last.reason})` : ""} before`,
        ]),
  ];
  return [`  container ${name}: ${parts.join(", ")}`];
}

function describeState(state: ContainerThing["state"]): string {
  if (state?.waiting) return describeReason(state.waiting) || "waiting";
  if (state?.terminated) {
    const { exitCode, ...why } = state.terminated;
    return [`ended with code ${exitCode ?? "?"}`, describeReason(why)].filter(Boolean).join(", ");
  }
  return "runs, but is not ready";
}

function hasSucceeded(state: ContainerThing["state"]): boolean {
  return state?.terminated?.exitCode === 0;
}

function isBad({ type, status }: KubeCondition): boolean {
  if (ABNORMAL.has(type)) return status === "True";
  return status === "False" && !PROGRESS.has(type);
}

function describe(condition: KubeCondition): string {
  const why = describeReason(condition);
  return `${condition.type}=${condition.status}${why === "" ? "" : `, ${why}`}`;
}

function describeReason({
  reason = "",
  message = "",
}: {
  reason?: string;
  message?: string;
}): string {
  return [reason, message].filter(Boolean).join(": ");
}
