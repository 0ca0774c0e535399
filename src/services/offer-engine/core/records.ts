import { z } from "zod";
import { AgentInfo } from "../../../api/mesos/agent-info.ts";
import { Operation } from "../../../api/mesos/operation.ts";
import { Resource } from "../../../api/mesos/resource.ts";
import { FrameworkInfo } from "../../../api/mesos/framework-info.ts";
import { OfferConstraints } from "../../../api/mesos/offer-constraints.ts";
import { zodMessage } from "../../../api/mesos/zod.ts";
import type { AgentDrain, Framework, RecoveredAgent } from "../../../domain/mesos/master-state.ts";
import { machineKey, type MachineName } from "../../../domain/mesos/maintenance/machine.ts";
import type { MachineMark } from "../../../domain/mesos/maintenance/machine-table.ts";
import type { RecordWrite } from "./effects.ts";

/** What the Registry keeps of a framework; tasks, offers and filters never. */
export const frameworkRecordSchema = z.object({
  info: zodMessage(FrameworkInfo),
  suppressed_roles: z.array(z.string()).default([]),
  offer_constraints: zodMessage(OfferConstraints).optional(),
  connected: z.boolean(),
  /** Wall time in ms at which the failover timeout ends; absent while connected. */
  deadline_ms: z.number().optional(),
  registered_ms: z.number(),
});
export type FrameworkRecord = z.infer<typeof frameworkRecordSchema>;

export const completedRecordSchema = z.object({
  info: zodMessage(FrameworkInfo),
  registered_ms: z.number(),
  unregistered_ms: z.number(),
});

export const agentRecordSchema = z.object({
  info: zodMessage(AgentInfo),
  node_uid: z.string().optional(),
  deactivated: z.boolean().default(false),
});

export const unreachableRecordSchema = z.object({
  info: zodMessage(AgentInfo),
  node_uid: z.string().optional(),
  since_ms: z.number(),
  deactivated: z.boolean().default(false),
});

/** Of an agent that is registered, awaited or unreachable alike; until it is reactivated or gone. */
export const drainRecordSchema = z.object({
  max_grace_period_ms: z.number().optional(),
  mark_gone: z.boolean().default(false),
  drained: z.boolean().default(false),
});

/** Reservations, volumes and unacknowledged operations of an agent that has no disk to remember them; by agent id. */
export const checkpointRecordSchema = z.object({
  resources: z.array(zodMessage(Resource)).default([]),
  operations: z.array(zodMessage(Operation)).default([]),
});

/** What was said about a machine that is, or was, in the maintenance schedule. */
export const machineRecordSchema = z.object({
  machine: z.object({ hostname: z.string().optional(), ip: z.string().optional() }),
  mode: z.enum(["DOWN", "UP"]),
  /** With UP: the start of the window that is over for it. */
  window_start_ms: z.number().optional(),
});

/** Of the one record of the kind `machine` that is of no machine: the schedule of a master without a MesosCluster. */
export const SCHEDULE_KEY = "schedule";

export function isMachineKey(key: string): boolean {
  return key !== SCHEDULE_KEY;
}

export const goneRecordSchema = z.object({ since_ms: z.number() });

export const termRecordSchema = z.object({
  term: z.number().int().nonnegative(),
  master_id: z.string(),
  /** Who led before, the latest first; a few, for what they may have left in ZooKeeper. */
  earlier_master_ids: z.array(z.string()).optional(),
});

export function frameworkRecord(framework: Framework): RecordWrite {
  const { connection, constraints } = framework;
  const value: FrameworkRecord = {
    info: framework.info,
    suppressed_roles: [...framework.suppressed],
    ...(constraints === undefined ? {} : { offer_constraints: constraints }),
    connected: connection.kind === "connected",
    ...(connection.kind === "connected" || connection.deadlineMs === Infinity
      ? {}
      : { deadline_ms: connection.deadlineMs }),
    registered_ms: framework.registeredMs,
  };
  return { kind: "put", record: "framework", key: framework.id, value };
}

export function completedRecord(framework: Framework, nowMs: number): RecordWrite {
  const value = {
    info: framework.info,
    registered_ms: framework.registeredMs,
    unregistered_ms: nowMs,
  };
  return { kind: "put", record: "completed", key: framework.id, value };
}

/** What the records of a registered and of an unreachable agent hold; its drain has one of its own. */
type RecordedAgent = Omit<RecoveredAgent, "draining">;

export function agentRecord(agent: RecordedAgent): RecordWrite {
  return {
    kind: "put",
    record: "agent",
    key: agent.id,
    value: {
      info: agent.info,
      ...(agent.nodeUid === undefined ? {} : { node_uid: agent.nodeUid }),
      deactivated: agent.deactivatedByOperator,
    },
  };
}

export function unreachableRecord(agent: RecordedAgent, sinceMs: number): RecordWrite {
  return {
    kind: "put",
    record: "unreachable",
    key: agent.id,
    value: {
      info: agent.info,
      ...(agent.nodeUid === undefined ? {} : { node_uid: agent.nodeUid }),
      since_ms: sinceMs,
      deactivated: agent.deactivatedByOperator,
    },
  };
}

export function checkpointRecord(
  agentId: string,
  value: { readonly resources: readonly Resource[]; readonly operations: readonly Operation[] },
): RecordWrite {
  return { kind: "put", record: "operation", key: agentId, value };
}

export function drainRecord(agentId: string, drain: AgentDrain): RecordWrite {
  return {
    kind: "put",
    record: "drain",
    key: agentId,
    value: {
      mark_gone: drain.markGone,
      ...(drain.maxGracePeriodMs === undefined
        ? {}
        : { max_grace_period_ms: drain.maxGracePeriodMs }),
      drained: drain.state === "DRAINED",
    },
  };
}

export function machineRecord(machine: MachineName, mark: MachineMark): RecordWrite {
  return {
    kind: "put",
    record: "machine",
    key: machineKey(machine),
    value: {
      machine,
      ...(mark.kind === "down"
        ? { mode: "DOWN" }
        : { mode: "UP", window_start_ms: mark.windowStartMs }),
    },
  };
}
