import type { ExecutorInfo } from "../../api/mesos/executor-info.ts";
import type { OfferOperation } from "../../api/mesos/offer.ts";
import type { TaskInfo } from "../../api/mesos/task.ts";
import type { TaskState, TaskStatus } from "../../api/mesos/task-status.ts";
import type { Resources } from "../resources/resource.ts";
import type { OperationContext } from "./operations/operation-context.ts";
import type { PlannedOperation } from "./operations/operation-plan.ts";

/** What an ACCEPT is decided against. */
export interface AcceptInput {
  readonly frameworkId: string;
  readonly agentId: string;
  readonly role: string;
  readonly isAware: boolean;
  readonly offered: Resources;
  readonly offersCount: number;
  /** 0 = no limit. */
  readonly maxTasksPerOffer: number;
  readonly operations: readonly OfferOperation[];
  readonly isKnownTask: (taskId: string) => boolean;
  readonly executorOf: (executorId: string) => ExecutorInfo | undefined;
  /** Why the framework's principal may not launch the task; `groupExecutor` of a task group runs too. */
  readonly launchFault?: (task: TaskInfo, groupExecutor?: ExecutorInfo) => string | undefined;
  /** Why it may not do the operation. */
  readonly operationFault?: (operation: OfferOperation) => string | undefined;
  /** For operations on resources, of the framework that accepts; asked for when the first one comes. */
  readonly operating: () => OperationContext;
  /** Why nothing may be done on the agent now; every task and operation is answered with it. */
  readonly agentRefusal?: TaskRefusal;
}

export interface TaskRefusal {
  readonly state: TaskState;
  readonly reason: NonNullable<TaskStatus["reason"]>;
  readonly message: string;
}

export interface PlannedExecutor {
  readonly info: ExecutorInfo;
  readonly resources: Resources;
  readonly starts: boolean;
}

export interface PlannedTask {
  /** Complete: what the master fills in is there. */
  readonly info: TaskInfo;
  readonly resources: Resources;
}

export type AcceptStep =
  | {
      readonly kind: "launch";
      readonly task: PlannedTask;
      readonly executor: PlannedExecutor | undefined;
    }
  | {
      readonly kind: "launchGroup";
      readonly tasks: readonly PlannedTask[];
      readonly executor: PlannedExecutor;
    }
  | { readonly kind: "refuseTask"; readonly taskId: string; readonly refusal: TaskRefusal }
  | { readonly kind: "operate"; readonly operation: PlannedOperation }
  /** Dropped: told when it has an id, else by a counter and a debug line. */
  | {
      readonly kind: "refuseOperation";
      readonly operation: OfferOperation;
      readonly state: "OPERATION_ERROR" | "OPERATION_DROPPED";
      readonly message: string;
    };

export interface AcceptPlan {
  readonly steps: readonly AcceptStep[];
  /** What the steps leave as it was offered. */
  readonly unused: Resources;
  /** What operations made and no step uses. */
  readonly unusedConverted: Resources;
  /** Nothing was asked for: the same as DECLINE. */
  readonly isDecline: boolean;
}

/** The tasks of LAUNCH and LAUNCH_GROUP. */
export function tasksOf(operation: OfferOperation): readonly TaskInfo[] {
  return [
    ...(operation.launch?.task_infos ?? []),
    ...(operation.launch_group?.task_group.tasks ?? []),
  ];
}
