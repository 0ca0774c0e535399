import type { ExecutorInfo } from "../../api/mesos/executor-info.ts";
import type { OfferOperation } from "../../api/mesos/offer.ts";
import type { TaskInfo } from "../../api/mesos/task.ts";
import { addResources, NO_RESOURCES, subtractResources } from "../resources/arithmetic.ts";
import type { Resources } from "../resources/resource.ts";
import {
  type AcceptInput,
  type AcceptPlan,
  type AcceptStep,
  type PlannedExecutor,
  type TaskRefusal,
  tasksOf,
} from "./accept-plan.ts";
import { convertCheckpointed } from "./operations/checkpointed-resources.ts";
import type { OperationContext } from "./operations/operation-context.ts";
import { planOperation, recordedBytes } from "./operations/operation-plan.ts";
import { completeExecutor, completeTask } from "./task-completion.ts";
import { lostOr } from "./task-state.ts";
import { validateTaskGroup } from "./task-group-validation.ts";
import { type TaskContext, validateTask } from "./task-validation.ts";

/**
 * Decides an ACCEPT: operations strictly in order on the running remainder; a bad one is refused and the next goes on.
 * @see mesos@1.11 src/master/master.cpp `Master::_accept`
 */
export function planAccept(input: AcceptInput): AcceptPlan {
  return new AcceptPlanner(input).plan();
}

class AcceptPlanner {
  readonly #input: AcceptInput;
  readonly #steps: AcceptStep[] = [];
  readonly #launchedIds = new Set<string>();
  readonly #startedExecutors = new Map<string, ExecutorInfo>();
  readonly #tasksMax: number;
  #tasksCount = 0;
  /** What the next operation may use. */
  #left: Resources;
  /** Made by operations, for later offers only. */
  #setAside: Resources = NO_RESOURCES;
  /** Reservations and volumes as the operations so far leave them. */
  #operating: OperationContext | undefined;
  readonly #launched: Resources[] = [];

  constructor(input: AcceptInput) {
    this.#input = input;
    this.#left = input.offered;
    this.#tasksMax =
      input.maxTasksPerOffer === 0 ? Infinity : input.maxTasksPerOffer * input.offersCount;
  }

  plan(): AcceptPlan {
    for (const operation of this.#input.operations) this.#decide(operation);
    const converted =
      this.#operating === undefined
        ? NO_RESOURCES
        : subtractResources(this.#left, this.#input.offered);
    return {
      steps: this.#steps,
      unused: subtractResources(this.#left, converted),
      unusedConverted: addResources(converted, this.#setAside),
      isDecline: this.#steps.length === 0,
    };
  }

  #decide(operation: OfferOperation): void {
    const tasks = tasksOf(operation);
    if (operation.type !== "LAUNCH" && operation.type !== "LAUNCH_GROUP") {
      this.#operate(operation);
    } else if (operation.id !== undefined) {
      const message = `Operation 'id' must not be set for ${operation.type} operations`;
      for (const task of tasks) this.#refuse(task, invalid("REASON_TASK_INVALID", message));
    } else if (operation.type === "LAUNCH") {
      for (const task of tasks) this.#launch(task);
    } else if (operation.launch_group !== undefined) {
      this.#launchGroup(operation.launch_group, tasks);
    }
  }

  #launch(raw: TaskInfo): void {
    const refusal = this.#refusalBeforeValidation(1);
    if (refusal !== undefined) {
      this.#refuse(raw, refusal);
      return;
    }
    const info = completeTask(raw, this.#input);
    const unauthorized = this.#input.launchFault?.(info);
    if (unauthorized !== undefined) {
      this.#refuse(raw, invalid("REASON_TASK_UNAUTHORIZED", unauthorized));
      return;
    }
    const verdict = validateTask(info, this.#context());
    if (!verdict.ok) {
      this.#refuse(raw, invalid("REASON_TASK_INVALID", verdict.error));
      return;
    }
    this.#take(addResources(verdict.resources, verdict.executorResources));
    this.#launchedIds.add(info.task_id.value);
    this.#steps.push({
      kind: "launch",
      task: { info, resources: verdict.resources },
      executor:
        info.executor === undefined
          ? undefined
          : this.#planExecutor(info.executor, verdict.executorResources, verdict.startsExecutor),
    });
  }

  #launchGroup(group: NonNullable<OfferOperation["launch_group"]>, raw: readonly TaskInfo[]): void {
    const refusal = this.#refusalBeforeValidation(raw.length);
    if (refusal !== undefined) {
      for (const task of raw) this.#refuse(task, refusal);
      return;
    }
    const executor = completeExecutor(group.executor, this.#input);
    const tasks = raw.map((task) => completeTask(task, this.#input));
    const unauthorized = firstText(tasks, (task) => this.#input.launchFault?.(task, executor));
    if (unauthorized !== undefined) {
      const fault = invalid("REASON_TASK_GROUP_UNAUTHORIZED", unauthorized);
      for (const task of raw) this.#refuse(task, fault);
      return;
    }
    const verdict = validateTaskGroup(executor, { tasks }, this.#context());
    if (!verdict.ok) {
      const fault = invalid("REASON_TASK_GROUP_INVALID", verdict.error);
      for (const task of raw) this.#refuse(task, fault);
      return;
    }
    this.#take(verdict.resources.reduce(addResources, verdict.executorResources));
    for (const task of tasks) this.#launchedIds.add(task.task_id.value);
    this.#steps.push({
      kind: "launchGroup",
      tasks: tasks.map((info, i) => ({ info, resources: verdict.resources[i] ?? NO_RESOURCES })),
      executor: this.#planExecutor(executor, verdict.executorResources, verdict.startsExecutor),
    });
  }

  #operate(raw: OfferOperation): void {
    const { agentRefusal } = this.#input;
    if (agentRefusal !== undefined) {
      const { message } = agentRefusal;
      this.#refuseOperation(raw, "OPERATION_DROPPED", message);
      return;
    }
    const unauthorized = this.#input.operationFault?.(raw);
    if (unauthorized !== undefined) {
      this.#refuseOperation(raw, "OPERATION_ERROR", unauthorized);
      return;
    }
    const operating = (this.#operating ??= this.#input.operating());
    const used = this.#launched.reduce(addResources, operating.used);
    const verdict = planOperation(raw, this.#left, { ...operating, used });
    if (!verdict.ok) {
      this.#refuseOperation(raw, "OPERATION_ERROR", verdict.error);
      return;
    }
    const { conversion, timing } = verdict.operation;
    this.#left = subtractResources(this.#left, conversion.consumed);
    if (timing === "now") this.#left = addResources(this.#left, conversion.converted);
    if (timing === "afterCall") {
      this.#setAside = addResources(this.#setAside, conversion.converted);
    }
    if (timing !== "whenTold") {
      const checkpointed = convertCheckpointed(operating.checkpointed, conversion);
      this.#operating = { ...operating, checkpointed };
    }
    const { recordBytesLeft } = operating;
    if (recordBytesLeft !== undefined) {
      const bytesLeft = recordBytesLeft - recordedBytes(verdict.operation.info);
      this.#operating = { ...this.#operating, recordBytesLeft: bytesLeft };
    }
    this.#steps.push({ kind: "operate", operation: verdict.operation });
  }

  #refuseOperation(
    operation: OfferOperation,
    state: "OPERATION_ERROR" | "OPERATION_DROPPED",
    message: string,
  ): void {
    this.#steps.push({ kind: "refuseOperation", operation, state, message });
  }

  #refusalBeforeValidation(tasksCount: number): TaskRefusal | undefined {
    this.#tasksCount += tasksCount;
    const { agentRefusal, isAware, maxTasksPerOffer } = this.#input;
    if (agentRefusal !== undefined) return agentRefusal;
    if (this.#tasksCount <= this.#tasksMax) return undefined;
    return {
      state: lostOr("TASK_DROPPED", isAware),
      reason: "REASON_TASK_INVALID",
      message: `Task exceeds max_tasks_per_offer (${maxTasksPerOffer})`,
    };
  }

  #context(): TaskContext {
    const { frameworkId, agentId, role, isKnownTask, executorOf } = this.#input;
    return {
      frameworkId,
      agentId,
      role,
      isKnownTask: (id) => this.#launchedIds.has(id) || isKnownTask(id),
      executorOf: (id) => this.#startedExecutors.get(id) ?? executorOf(id),
      available: this.#left,
    };
  }

  #planExecutor(info: ExecutorInfo, resources: Resources, starts: boolean): PlannedExecutor {
    if (starts) this.#startedExecutors.set(info.executor_id.value, info);
    return { info, resources, starts };
  }

  #take(resources: Resources): void {
    this.#left = subtractResources(this.#left, resources);
    this.#launched.push(resources);
  }

  #refuse(task: TaskInfo, refusal: TaskRefusal): void {
    this.#steps.push({ kind: "refuseTask", taskId: task.task_id.value, refusal });
  }
}

function firstText<T>(
  all: readonly T[],
  textOf: (one: T) => string | undefined,
): string | undefined {
  for (const one of all) {
    const text = textOf(one);
    if (text !== undefined) return text;
  }
  return undefined;
}

function invalid(reason: TaskRefusal["reason"], message: string): TaskRefusal {
  return { state: "TASK_ERROR", reason, message };
}
