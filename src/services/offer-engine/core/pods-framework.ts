import type { FrameworkId } from "../../../api/ids/ids.ts";
import type { FrameworkInfo } from "../../../api/mesos/framework-info.ts";
import { capabilitiesOf } from "../../../domain/mesos/framework-capability.ts";
import type { Framework, MasterState } from "../../../domain/mesos/master-state.ts";

/** The built-in framework has every capability, so that nothing is hidden from pods. */
const CAPABILITIES = [
  "MULTI_ROLE",
  "GPU_RESOURCES",
  "REGION_AWARE",
  "RESERVATION_REFINEMENT",
  "SHARED_RESOURCES",
  "REVOCABLE_RESOURCES",
  "PARTITION_AWARE",
] as const;

/** The framework that pods of the pool are listed under; nothing is ever streamed to it. */
export function makePodsFramework(state: MasterState, id: FrameworkId, nowMs: number): Framework {
  const info: FrameworkInfo = {
    id: { value: id },
    user: "root",
    name: "kubernetes-pods",
    roles: [],
    capabilities: CAPABILITIES.map((type) => ({ type })),
  };
  return {
    id,
    info,
    capabilities: capabilitiesOf(info),
    roles: [],
    suppressed: new Set(),
    constraints: undefined,
    connection: { kind: "connected", streamId: "" },
    registeredMs: nowMs,
    reregisteredMs: undefined,
    tasks: new Map(),
    unreachableTasks: new Map(),
    completedTasks: [],
    executors: new Map(),
    operations: new Map(),
    offers: new Set(),
    pods: state.pods,
  };
}
