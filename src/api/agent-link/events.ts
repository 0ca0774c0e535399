import { z } from "zod";
import {
  linkExecutorInfo,
  linkFrameworkInfo,
  linkKillPolicy,
  linkMasterInfo,
  linkOperation,
  linkResource,
  linkTaskInfo,
} from "./mesos-payloads.ts";

/** Term of the master that sends; the agent refuses one below the highest it has seen. */
const term = z.number().int().nonnegative();
const frameworkId = z.string().min(1);
const taskId = z.string().min(1);
const taskRef = z.object({ framework_id: frameworkId, task_id: taskId });

const subscribedEvent = z.object({
  type: z.literal("SUBSCRIBED"),
  term,
  agent_id: z.string().min(1),
  beat_interval_ms: z.number().int().positive(),
  lease_ms: z.number().int().positive(),
  master_info: linkMasterInfo,
  /** Tasks the master has here and the agent did not list: answered LOST or DROPPED. */
  tasks: z.array(taskRef.extend({ partition_aware: z.boolean().default(false) })).default([]),
  /** Reservations and volumes that the master remembers for an agent that does not itself. */
  checkpointed_resources: z.array(linkResource).optional(),
});

/** What every launch carries; `launch_id` makes it happen at most once. */
const launch = {
  term,
  launch_id: z.string().min(1),
  framework_id: frameworkId,
  framework_info: linkFrameworkInfo,
  /** Device ids from the GPU ledger. */
  devices: z.array(z.string()).default([]),
  generation: z.number().int().nonnegative().default(0),
};

const runTaskEvent = z.object({
  type: z.literal("RUN_TASK"),
  ...launch,
  task: linkTaskInfo,
});

const runGroupEvent = z.object({
  type: z.literal("RUN_GROUP"),
  ...launch,
  executor: linkExecutorInfo,
  tasks: z.array(linkTaskInfo).min(1),
});

const killEvent = z.object({
  type: z.literal("KILL"),
  term,
  framework_id: frameworkId,
  task_id: taskId,
  kill_policy: linkKillPolicy.optional(),
  /** Its room is needed by somebody with a better right to it: it ends as preempted. */
  preempted: z.literal(true).optional(),
});

const acknowledgeEvent = z.object({
  type: z.literal("ACKNOWLEDGE"),
  term,
  framework_id: frameworkId,
  task_id: taskId,
  /** Base64 of the 16 bytes. */
  uuid: z.string().min(1),
});

const messageEvent = z.object({
  type: z.literal("MESSAGE"),
  term,
  framework_id: frameworkId,
  executor_id: z.string().min(1),
  /** Base64. */
  data: z.string(),
});

const shutdownExecutorEvent = z.object({
  type: z.literal("SHUTDOWN_EXECUTOR"),
  term,
  framework_id: frameworkId,
  executor_id: z.string().min(1),
});

const shutdownFrameworkEvent = z.object({
  type: z.literal("SHUTDOWN_FRAMEWORK"),
  term,
  framework_id: frameworkId,
});

const updateFrameworkEvent = z.object({
  type: z.literal("UPDATE_FRAMEWORK"),
  term,
  framework_id: frameworkId,
  framework_info: linkFrameworkInfo,
});

/** Sent again until the agent lists or answers it: `operation_uuid` makes it happen once. */
const applyOperationEvent = z.object({
  type: z.literal("APPLY_OPERATION"),
  term,
  /** Absent: an operator asked for it. */
  framework_id: frameworkId.optional(),
  operation_uuid: z.string().min(1),
  operation: linkOperation,
});

const acknowledgeOperationEvent = z.object({
  type: z.literal("ACKNOWLEDGE_OPERATION"),
  term,
  operation_uuid: z.string().min(1),
  /** Uuid of the status. */
  uuid: z.string().min(1),
});

const drainEvent = z.object({
  type: z.literal("DRAIN"),
  term,
  max_grace_period_ms: z.number().int().nonnegative().optional(),
  mark_gone: z.boolean().default(false),
});

const reactivateEvent = z.object({ type: z.literal("REACTIVATE"), term });

/** Tasks the agent is to answer for with their latest status. */
const reconcileEvent = z.object({
  type: z.literal("RECONCILE"),
  term,
  tasks: z.array(taskRef.extend({ partition_aware: z.boolean().default(false) })),
});

/** Marked gone or refused for good: kill all, stay up, do not subscribe again under this id. */
const shutdownEvent = z.object({ type: z.literal("SHUTDOWN"), term, message: z.string() });

/** The master closes the stream after this: superseded by a newer one, or not authorized. */
const errorEvent = z.object({ type: z.literal("ERROR"), term, message: z.string() });

export const agentEvent = z.discriminatedUnion("type", [
  subscribedEvent,
  runTaskEvent,
  runGroupEvent,
  killEvent,
  acknowledgeEvent,
  messageEvent,
  shutdownExecutorEvent,
  shutdownFrameworkEvent,
  updateFrameworkEvent,
  applyOperationEvent,
  acknowledgeOperationEvent,
  drainEvent,
  reactivateEvent,
  reconcileEvent,
  shutdownEvent,
  errorEvent,
]);

export type AgentEvent = z.infer<typeof agentEvent>;
export type AgentEventType = AgentEvent["type"];
export type AgentEventOf<T extends AgentEventType> = Extract<AgentEvent, { type: T }>;
export type LinkTaskRef = z.infer<typeof taskRef>;
