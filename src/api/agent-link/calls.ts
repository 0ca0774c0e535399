import { z } from "zod";
import { BATCH_CALLS_MAX } from "./limits.ts";
import {
  linkAgentInfo,
  linkAttribute,
  linkExecutorInfo,
  linkFrameworkInfo,
  linkOperationRecord,
  linkOperationStatus,
  linkResource,
  linkTaskInfo,
  linkTaskState,
  linkTaskStatus,
} from "./mesos-payloads.ts";
import { poolPod } from "./pool-pod.ts";

const agentCapability = z.string();
const launcherKind = z.enum(["pod", "process"]);

/** A task the agent has, live or terminal but not acknowledged. */
export const reportedTask = z.object({
  framework_id: z.string().min(1),
  /** The task id again for a command task. */
  executor_id: z.string().min(1),
  task: linkTaskInfo,
  /** What really is; `status` may be older while an update waits for its acknowledgement. */
  latest_state: linkTaskState,
  /** The latest status known, with its uuid if it is to be acknowledged. */
  status: linkTaskStatus.optional(),
  launch_id: z.string().min(1),
  generation: z.number().int().nonnegative().default(0),
  devices: z.array(z.string()).default([]),
});

/** An executor that holds resources of its own or was given by the framework; command tasks have none here. */
export const reportedExecutor = z.object({
  framework_id: z.string().min(1),
  executor: linkExecutorInfo,
});

/** Opens the stream. `agent_id` absent: the agent knows none (first start, or it lost its disk). */
export const subscribeCall = z.object({
  type: z.literal("SUBSCRIBE"),
  agent_id: z.string().min(1).optional(),
  /** Hostname, port, attributes and the whole total of resources. */
  agent_info: linkAgentInfo,
  /** UID of the Kubernetes Node: the master keeps node_uid → AgentID. */
  node_uid: z.string().min(1).optional(),
  version: z.string(),
  capabilities: z.array(agentCapability).default([]),
  boot_id: z.string().optional(),
  launcher: launcherKind,
  access: z.enum(["Api", "Host"]).default("Api"),
  /** Highest term this agent has obeyed; a master of a lower one must refuse. */
  term_seen: z.number().int().nonnegative().default(0),
  /** Pods the node can still hold; absent outside Kubernetes. */
  pod_slots: z.number().int().nonnegative().optional(),
  /** The node is cordoned: no offers, tasks stay. */
  unschedulable: z.boolean().default(false),
  frameworks: z.array(linkFrameworkInfo).default([]),
  executors: z.array(reportedExecutor).default([]),
  tasks: z.array(reportedTask).default([]),
  pool_pods: z.array(poolPod).default([]),
  /** Operations whose last status is not acknowledged yet, as far as the agent remembers. */
  operations: z.array(linkOperationRecord).default([]),
  /** Reservations and volumes; absent: the agent has no disk for them, the Registry of the master remembers. */
  checkpointed_resources: z.array(linkResource).optional(),
  /** The launcher can mount persistent volumes. */
  makes_volumes: z.boolean().default(false),
});

/** Load of the machine; memory in kB, as the workloads facade shows it. */
export const agentUsage = z.object({
  cpu_usage: z.number().min(0).max(100),
  memory_usage: z.number().min(0).max(100),
  total_memory: z.number().nonnegative(),
  available_memory: z.number().nonnegative(),
  running_processes: z.number().int().nonnegative(),
  load_1: z.number().nonnegative(),
  load_5: z.number().nonnegative(),
  load_15: z.number().nonnegative(),
});

/** Number of a call within its stream, from 1 and without gaps; a call seen twice changes nothing. */
const seq = z.number().int().positive();

const beatCall = z.object({
  type: z.literal("BEAT"),
  seq,
  /** Monotonic milliseconds of the agent: differences mean something, the value does not. */
  sent_at: z.number().nonnegative(),
  usage: agentUsage.optional(),
});

const updateAgentCall = z.object({
  type: z.literal("UPDATE_AGENT"),
  seq,
  /** The whole new total, not a difference. */
  total: z.array(linkResource),
  attributes: z.array(linkAttribute).default([]),
  oversubscribed: z.array(linkResource).default([]),
  resource_version: z.string().optional(),
  pod_slots: z.number().int().nonnegative().optional(),
  unschedulable: z.boolean().default(false),
});

const statusUpdateCall = z.object({
  type: z.literal("STATUS_UPDATE"),
  seq,
  framework_id: z.string().min(1),
  executor_id: z.string().min(1).optional(),
  /** Carries a 16-byte uuid in base64: resent until the framework acknowledges it. */
  status: linkTaskStatus,
  /** The state the task has now; resources go by it although `status` may be older. */
  latest_state: linkTaskState,
});

const executorExitedCall = z.object({
  type: z.literal("EXECUTOR_EXITED"),
  seq,
  framework_id: z.string().min(1),
  executor_id: z.string().min(1),
  /** Raw wait status: exit 1 = 256, SIGKILL = 9. */
  status: z.number().int(),
});

const messageCall = z.object({
  type: z.literal("MESSAGE"),
  seq,
  framework_id: z.string().min(1),
  executor_id: z.string().min(1),
  /** Base64. */
  data: z.string(),
});

const operationStatusCall = z.object({
  type: z.literal("OPERATION_STATUS"),
  seq,
  framework_id: z.string().min(1).optional(),
  operation_uuid: z.string().min(1),
  status: linkOperationStatus,
});

/** Changes since the last report of this stream; SUBSCRIBE carried all. */
const poolPodsCall = z.object({
  type: z.literal("POOL_PODS"),
  seq,
  changed: z.array(poolPod).default([]),
  /** UIDs of pods that ended or went away. */
  gone: z.array(z.string().min(1)).default([]),
});

const goodbyeCall = z.object({
  type: z.literal("GOODBYE"),
  seq,
  reason: z.enum(["restart", "drain", "remove"]),
  /** The agent means to be back within this time (restart), or gone (drain, remove). */
  within_ms: z.number().int().nonnegative().default(0),
});

export const agentCall = z.discriminatedUnion("type", [
  beatCall,
  updateAgentCall,
  statusUpdateCall,
  executorExitedCall,
  messageCall,
  operationStatusCall,
  poolPodsCall,
  goodbyeCall,
]);

/** Body of every POST after SUBSCRIBE; answered 200 with {@link batchAnswer}, or 400/403 when the stream is not this agent's. */
export const callBatch = z.object({
  agent_id: z.string().min(1),
  calls: z.array(agentCall).max(BATCH_CALLS_MAX),
});

/** `acked_seq`: every call up to here took effect. */
export const batchAnswer = z.object({ acked_seq: z.number().int().nonnegative() });

export type SubscribeCall = z.infer<typeof subscribeCall>;
export type ReportedTask = z.infer<typeof reportedTask>;
export type ReportedExecutor = z.infer<typeof reportedExecutor>;
export type AgentUsage = z.infer<typeof agentUsage>;
export type AgentCall = z.infer<typeof agentCall>;
export type AgentCallType = AgentCall["type"];
export type CallBatch = z.infer<typeof callBatch>;
export type BatchAnswer = z.infer<typeof batchAnswer>;
