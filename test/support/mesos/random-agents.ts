import { expect } from "chai";
import { asId } from "../../../src/api/ids/ids.ts";
import type { Task } from "../../../src/domain/mesos/master-state.ts";
import { wireOperation } from "../../../src/domain/mesos/operations/operation.ts";
import { writeResources } from "../../../src/domain/mesos/wire-resources.ts";
import { resourcesOf } from "../../../src/domain/resources/parse-resources.ts";
import type { SeededRandom } from "../seeded-random.ts";
import type { EngineScenario } from "./engine-scenario.ts";
import { FEEDBACK } from "./operating-scenario.ts";

const BIGGER = "cpus:6;mem:4096;disk:900;ports:[31000-31019]";
const TOTAL = "cpus:4;mem:2048;disk:500;ports:[31000-31019]";

/** Agents that come, fall silent, come back with less, and tell of their tasks and operations. */
export class RandomAgents {
  readonly #scenario: EngineScenario;
  readonly #random: SeededRandom;
  /** By name. */
  readonly #links = new Map<string, string>();
  #onDisk: Readonly<Record<string, unknown>> = { checkpointed_resources: [], operations: [] };

  constructor(scenario: EngineScenario, random: SeededRandom) {
    this.#scenario = scenario;
    this.#random = random;
  }

  /** The agent comes (back) and reports what the master thinks it runs, less one task now and then. */
  register(name: string): void {
    const old = this.#links.get(name);
    const agentId = old === undefined ? "" : this.#scenario.agentIdOf(old);
    const tasks = liveTasksOf(this.#scenario).filter(
      (task) => task.agentId === agentId && this.#random.next() < 0.9,
    );
    const link = this.#scenario.agent(name, {
      resources: TOTAL,
      makes_volumes: true,
      ...(name === "a0" ? {} : { capabilities: [...FEEDBACK, "AGENT_OPERATION_FEEDBACK"] }),
      ...(name === "a1" ? this.#remembered(agentId) : {}),
      ...(agentId === "" ? {} : { agent_id: agentId }),
      tasks: tasks.map((task) => ({
        framework_id: task.frameworkId,
        executor_id: task.id,
        task: task.info,
        latest_state: task.state,
        launch_id: task.launchId,
      })),
    });
    this.#links.set(name, link);
    expect(this.#scenario.engine.state.agents.size).to.be.greaterThan(0);
  }

  silence(): void {
    this.#scenario.silence(this.#link());
  }

  moveTask(): void {
    const tasks = liveTasksOf(this.#scenario);
    if (tasks.length === 0) return;
    const task = this.#random.pick(tasks);
    const link = [...this.#links.values()].find(
      (one) => this.#scenario.agentIdOf(one) === task.agentId,
    );
    if (link === undefined) return;
    const state = this.#random.pick(["TASK_RUNNING", "TASK_FINISHED", "TASK_FAILED"] as const);
    this.#scenario.update(link, task.frameworkId, task.id, state);
    if (this.#random.next() < 0.7) this.#scenario.acknowledge(task.frameworkId, link, task.id);
  }

  resize(): void {
    this.#scenario.agentCall(this.#link(), {
      type: "UPDATE_AGENT",
      total: writeResources(resourcesOf(this.#random.pick([TOTAL, BIGGER])), { refined: true }),
      attributes: [],
      oversubscribed: [],
      unschedulable: this.#random.next() < 0.2,
    });
  }

  /** An agent tells what became of an operation: mostly it is done. */
  answerOperation(): void {
    for (const link of this.#links.values()) {
      const told = this.#scenario.agentEvents(link);
      const last = told.findLast(({ type }) => type === "APPLY_OPERATION");
      if (last?.type !== "APPLY_OPERATION") continue;
      const state = this.#random.next() < 0.7 ? "OPERATION_FINISHED" : "OPERATION_FAILED";
      this.#scenario.agentCall(link, {
        type: "OPERATION_STATUS",
        operation_uuid: last.operation_uuid,
        status: { state, uuid: { value: last.operation_uuid } },
      });
    }
  }

  /** What an agent with a disk says of its reservations and operations: now and then it missed the last ones. */
  #remembered(agentId: string): Readonly<Record<string, unknown>> {
    const agent = this.#scenario.engine.state.agents.get(asId(agentId));
    if (agent !== undefined && this.#random.next() < 0.8) {
      this.#onDisk = {
        checkpointed_resources: writeResources(agent.checkpointed, { refined: true }),
        operations: [...agent.operations.values()].map(wireOperation),
      };
    }
    return this.#onDisk;
  }

  #link(): string {
    return this.#links.get(this.#random.pick([...this.#links.keys()])) ?? "";
  }
}

export function liveTasksOf({ engine }: EngineScenario): Task[] {
  return [...engine.state.agents.values()].flatMap(({ tasks }) => [...tasks]);
}
