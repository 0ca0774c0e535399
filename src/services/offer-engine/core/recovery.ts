import { asId } from "../../../api/ids/ids.ts";
import { capabilitiesOf, rolesOf } from "../../../domain/mesos/framework-capability.ts";
import { readResources } from "../../../domain/mesos/wire-resources.ts";
import { machineName } from "../../../domain/mesos/maintenance/machine.ts";
import type { AgentDrain } from "../../../domain/mesos/master-state.ts";
import type { EngineContext } from "./context.ts";
import { tellAllocator } from "./context.ts";
import { frameworkProfile } from "./framework-profile.ts";
import { makeFramework } from "./frameworks.ts";
import { applySchedule } from "./maintenance.ts";
import type { RecoveredRecords } from "./recovered-records.ts";

/** A framework that was connected when the last leader went gets at least this long to find the new one. */
const FAILOVER_WINDOW_MS = 60_000;

/** Fills the tables of a new term from the Registry, before anybody is served. */
export function recoverState(context: EngineContext, records: RecoveredRecords): void {
  const { state } = context;
  recoverMachines(context, records);
  for (const { key, value } of records.agents) {
    state.recovered.set(asId(key), {
      id: asId(key),
      info: value.info,
      nodeUid: value.node_uid,
      deactivatedByOperator: value.deactivated,
      draining: drainOf(records, key),
    });
  }
  for (const { key, value } of records.unreachable) {
    state.unreachable.set(asId(key), {
      id: asId(key),
      info: value.info,
      nodeUid: value.node_uid,
      deactivatedByOperator: value.deactivated,
      draining: drainOf(records, key),
      sinceMs: value.since_ms,
    });
  }
  for (const { key, value } of records.gone) state.gone.set(asId(key), value.since_ms);
  for (const { key, value } of records.checkpoints) {
    const read = readResources(value.resources);
    const resources = read.ok ? read.resources : [];
    state.checkpoints.set(asId(key), { resources, operations: value.operations });
  }
  for (const { key, value } of records.completed) {
    const framework = makeFramework(context, { ...value.info, id: { value: key } });
    state.frameworks.delete(framework.id);
    state.completed.set(framework.id, { framework, unregisteredMs: value.unregistered_ms });
  }
  for (const { key, value } of records.frameworks) {
    const framework = makeFramework(context, { ...value.info, id: { value: key } });
    framework.capabilities = capabilitiesOf(framework.info);
    framework.roles = rolesOf(framework.info);
    framework.constraints = value.offer_constraints;
    for (const role of value.suppressed_roles) framework.suppressed.add(role);
    const timeoutMs = (framework.info.failover_timeout ?? 0) * 1000;
    framework.connection = {
      kind: "recovered",
      deadlineMs: value.deadline_ms ?? context.nowMs + Math.max(timeoutMs, FAILOVER_WINDOW_MS),
    };
    tellAllocator(context, {
      kind: "frameworkAdded",
      frameworkId: framework.id,
      profile: frameworkProfile(framework),
      active: false,
    });
  }
}

function recoverMachines(context: EngineContext, records: RecoveredRecords): void {
  for (const { key, value } of records.machines) {
    const mark =
      value.mode === "DOWN"
        ? ({ kind: "down" } as const)
        : ({ kind: "up", windowStartMs: value.window_start_ms ?? 0 } as const);
    context.marks.set(key, { machine: machineName(value.machine), mark });
  }
  applySchedule(context);
}

function drainOf(records: RecoveredRecords, agentId: string): AgentDrain | undefined {
  const drain = records.drains.find(({ key }) => key === agentId)?.value;
  if (drain === undefined) return undefined;
  return {
    state: drain.drained ? "DRAINED" : "DRAINING",
    markGone: drain.mark_gone,
    maxGracePeriodMs: drain.max_grace_period_ms,
  };
}
