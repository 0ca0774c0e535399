import { AgentInfo } from "../mesos/agent-info.ts";
import { KillPolicy } from "../mesos/command.ts";
import { ExecutorInfo } from "../mesos/executor-info.ts";
import { FrameworkInfo } from "../mesos/framework-info.ts";
import { MasterInfo } from "../mesos/master-info.ts";
import { OfferOperation } from "../mesos/offer.ts";
import { Operation } from "../mesos/operation.ts";
import { OperationStatus } from "../mesos/operation-status.ts";
import { Resource } from "../mesos/resource.ts";
import { TaskState, TaskStatus } from "../mesos/task-status.ts";
import { TaskInfo } from "../mesos/task.ts";
import { Attribute } from "../mesos/value.ts";
import { zodMessage } from "../mesos/zod.ts";
import { z } from "zod";

/** Mesos v1 messages as they travel inside the link: their JSON form, snake_case, unknown fields dropped. */
export const linkTaskInfo = zodMessage(TaskInfo);
export const linkExecutorInfo = zodMessage(ExecutorInfo);
export const linkFrameworkInfo = zodMessage(FrameworkInfo);
export const linkTaskStatus = zodMessage(TaskStatus);
export const linkAgentInfo = zodMessage(AgentInfo);
export const linkMasterInfo = zodMessage(MasterInfo);
export const linkResource = zodMessage(Resource);
export const linkAttribute = zodMessage(Attribute);
export const linkKillPolicy = zodMessage(KillPolicy);
export const linkOperation = zodMessage(OfferOperation);
/** An operation with its uuid and all that was said of it. */
export const linkOperationRecord = zodMessage(Operation);
export const linkOperationStatus = zodMessage(OperationStatus);

/** A state by its name, e.g. `TASK_RUNNING`. */
export const linkTaskState = z.enum(Object.keys(TaskState.numberOf) as [TaskState, ...TaskState[]]);
