import type { FrameworkInfo } from "../../api/mesos/framework-info.ts";

export type FrameworkCapability =
  | "REVOCABLE_RESOURCES"
  | "TASK_KILLING_STATE"
  | "GPU_RESOURCES"
  | "SHARED_RESOURCES"
  | "PARTITION_AWARE"
  | "MULTI_ROLE"
  | "RESERVATION_REFINEMENT"
  | "REGION_AWARE";

export function capabilitiesOf(info: FrameworkInfo): ReadonlySet<FrameworkCapability> {
  return new Set(
    (info.capabilities ?? []).flatMap(({ type }) => (type === undefined ? [] : [type])),
  );
}

/** The roles a framework subscribes to: `roles` with MULTI_ROLE, else the one `role` (default "*"). */
export function rolesOf(info: FrameworkInfo): readonly string[] {
  return capabilitiesOf(info).has("MULTI_ROLE") ? (info.roles ?? []) : [info.role ?? "*"];
}
