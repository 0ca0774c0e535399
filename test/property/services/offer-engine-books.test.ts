import { expect } from "chai";
import { asId } from "../../../src/api/ids/ids.ts";
import type { TaskInfo } from "../../../src/api/mesos/task.ts";
import {
  addResources,
  containsResources,
  equalResources,
} from "../../../src/domain/resources/arithmetic.ts";
import { isReserved, reservedTo } from "../../../src/domain/resources/kind.ts";
import { formatResources } from "../../../src/domain/resources/format-resources.ts";
import type { Resources } from "../../../src/domain/resources/resource.ts";
import { resourcesOf } from "../../../src/domain/resources/parse-resources.ts";
import { writeResources } from "../../../src/domain/mesos/wire-resources.ts";
import { usedOnAgent, offeredIn } from "../../../src/domain/mesos/views/usage.ts";
import { wireOperation } from "../../../src/domain/mesos/operations/operation.ts";
import type { Offer, Task } from "../../../src/domain/mesos/master-state.ts";
import { EngineScenario } from "../../support/mesos/engine-scenario.ts";
import { FEEDBACK } from "../../support/mesos/operating-scenario.ts";
import { RandomOperations } from "../../support/mesos/random-operations.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

const STEPS = 1500;
const SEEDS = 8;
const BIGGER = "cpus:6;mem:4096;disk:900;ports:[31000-31019]";
const TOTAL = "cpus:4;mem:2048;disk:500;ports:[31000-31019]";

/** A cluster that random hands play with: every call, every way for an agent to come and go. */
class RandomHands {
  readonly scenario = new EngineScenario({ config: { offerTimeoutMs: 3000 } });
  readonly #random: SeededRandom;
  readonly #operations: RandomOperations;
  readonly #frameworks = new Map<string, string>();
  readonly #links = new Map<string, string>();
  #tasks = 0;
  #onDisk: Readonly<Record<string, unknown>> = { checkpointed_resources: [], operations: [] };

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
    this.#operations = new RandomOperations(this.#random);
    for (const name of ["f0", "f1", "f2"]) this.#subscribe(name);
    for (const name of ["a0", "a1", "a2"]) this.#register(name);
  }

  step(): void {
    const roll = this.#random.next();
    if (roll < 0.3) this.#accept();
    else if (roll < 0.4) this.#decline();
    else if (roll < 0.7) this.#moveTask();
    else if (roll < 0.75) this.#kill();
    else if (roll < 0.78) this.#resize();
    else if (roll < 0.81) this.#register(this.#pick(["a0", "a1", "a2", "a3"]));
    else if (roll < 0.83) this.scenario.silence(this.#link());
    else if (roll < 0.86) this.#subscribe(this.#pick(["f0", "f1", "f2"]));
    else if (roll < 0.87) this.#hangUp();
    else if (roll < 0.88) this.#operateAsOperator();
    else if (roll < 0.89) this.#answerOperation();
    else if (roll < 0.9) this.scenario.call(this.#framework(), { type: "REVIVE" });
    else this.scenario.pass(Math.floor(this.#random.next() * 1500));
  }

  #pick<T>(list: readonly T[]): T {
    return list[Math.floor(this.#random.next() * list.length)]!;
  }

  #name(): string {
    return this.#pick([...this.#frameworks.keys()]);
  }

  #framework(): string {
    return this.#frameworks.get(this.#name()) ?? "";
  }

  #link(): string {
    return this.#links.get(this.#pick([...this.#links.keys()])) ?? "";
  }

  #stream = 0;
  readonly #streams = new Map<string, string>();

  #subscribe(name: string): void {
    const known = this.#frameworks.get(name);
    const streamId = `${name}-${++this.#stream}`;
    const id = this.scenario.framework(streamId, {
      framework_info: {
        user: "u",
        name,
        failover_timeout: 5,
        roles: [name === "f2" ? "web" : "batch"],
        ...(known === undefined ? {} : { id: { value: known } }),
      },
    });
    if (id === "") {
      // Completed meanwhile: it comes back as a new one.
      this.#frameworks.delete(name);
      this.#subscribe(name);
      return;
    }
    this.#frameworks.set(name, id);
    this.#streams.set(name, streamId);
  }

  #hangUp(): void {
    const streamId = this.#streams.get(this.#name()) ?? "";
    this.scenario.put({ kind: "frameworkStreamClosed", streamId });
  }

  #liveTasks(): Task[] {
    return [...this.scenario.engine.state.agents.values()].flatMap(({ tasks }) => [...tasks]);
  }

  /** The agent comes (back) and reports what the master thinks it runs, less one task now and then. */
  #register(name: string): void {
    const { state } = this.scenario.engine;
    const old = this.#links.get(name);
    const agentId = old === undefined ? "" : this.scenario.agentIdOf(old);
    const tasks = this.#liveTasks().filter(
      (task) => task.agentId === agentId && this.#random.next() < 0.9,
    );
    const link = this.scenario.agent(name, {
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
    expect(state.agents.size).to.be.greaterThan(0);
  }

  /** What an agent with a disk says of its reservations and operations: now and then it missed the last ones. */
  #remembered(agentId: string): Readonly<Record<string, unknown>> {
    const agent = this.scenario.engine.state.agents.get(asId(agentId));
    if (agent !== undefined && this.#random.next() < 0.8) {
      this.#onDisk = {
        checkpointed_resources: writeResources(agent.checkpointed, { refined: true }),
        operations: [...agent.operations.values()].map(wireOperation),
      };
    }
    return this.#onDisk;
  }

  #accept(): void {
    const name = this.#name();
    const streamId = this.#streams.get(name) ?? "";
    const offers = this.scenario.offers(streamId);
    if (offers.length === 0) return;
    // Often stale: rescinded, used, or of another stream.
    const offer = this.#random.next() < 0.8 ? offers.at(-1)! : this.#pick(offers);
    const resources = this.#pick([
      "cpus:0.5;mem:64",
      "cpus:1;mem:512;ports:[31003-31004]",
      "cpus:3;mem:100",
      "cpus:9",
    ]);
    this.scenario.call(this.#frameworks.get(name) ?? "", {
      type: "ACCEPT",
      accept: {
        offer_ids: [{ value: offer.id }],
        operations: [
          ...this.#operations.some(offer.resources, offer.role),
          {
            type: "LAUNCH",
            launch: {
              task_infos: [
                this.#task(offer.agent.id, resources),
                this.#task(offer.agent.id, resources),
                ...this.#reservedTask(offer),
              ],
            },
          },
        ],
        filters: { refuse_seconds: this.#pick([0, 1, 5]) },
      },
    });
  }

  /** A task on something reserved, if there is anything in the offer. */
  #reservedTask({ agent, resources }: Offer): TaskInfo[] {
    const reserved = resources.find(({ reservations }) => reservations.length > 0);
    if (reserved === undefined || this.#random.next() < 0.5) return [];
    const task = this.#task(agent.id, "cpus:0.1");
    return [{ ...task, resources: writeResources([reserved], { refined: true }) }];
  }

  #operateAsOperator(): void {
    const agents = [...this.scenario.engine.state.agents.values()];
    const agent = this.#pick(agents);
    const [operation] = this.#operations.some(agent.total, this.#pick(["web", "batch"]));
    if (operation === undefined) return;
    this.scenario.put({
      kind: "agentOperated",
      requestId: "r",
      agentId: agent.id,
      operation,
      principal: undefined,
    });
  }

  /** An agent tells what became of an operation: mostly it is done. */
  #answerOperation(): void {
    for (const link of this.#links.values()) {
      const told = this.scenario.agentEvents(link);
      const last = told.findLast(({ type }) => type === "APPLY_OPERATION");
      if (last?.type !== "APPLY_OPERATION") continue;
      const state = this.#random.next() < 0.7 ? "OPERATION_FINISHED" : "OPERATION_FAILED";
      this.scenario.agentCall(link, {
        type: "OPERATION_STATUS",
        operation_uuid: last.operation_uuid,
        status: { state, uuid: { value: last.operation_uuid } },
      });
    }
  }

  #task(agentId: string, text: string): TaskInfo {
    return makeTask(`t${this.#tasks++}`, agentId, text);
  }

  #decline(): void {
    const name = this.#name();
    const offer = this.scenario.offers(this.#streams.get(name) ?? "").at(-1);
    if (offer === undefined) return;
    this.scenario.call(this.#frameworks.get(name) ?? "", {
      type: "DECLINE",
      decline: {
        offer_ids: [{ value: offer.id }],
        filters: { refuse_seconds: this.#pick([0, 1]) },
      },
    });
  }

  #moveTask(): void {
    const tasks = this.#liveTasks();
    if (tasks.length === 0) return;
    const task = this.#pick(tasks);
    const link = [...this.#links.values()].find(
      (one) => this.scenario.agentIdOf(one) === task.agentId,
    );
    if (link === undefined) return;
    const state = this.#pick(["TASK_RUNNING", "TASK_FINISHED", "TASK_FAILED"] as const);
    this.scenario.update(link, task.frameworkId, task.id, state);
    if (this.#random.next() < 0.7) this.scenario.acknowledge(task.frameworkId, link, task.id);
  }

  #kill(): void {
    const task = this.#liveTasks()[0];
    if (task === undefined) return;
    this.scenario.call(task.frameworkId, { type: "KILL", kill: { task_id: { value: task.id } } });
  }

  #resize(): void {
    this.scenario.agentCall(this.#link(), {
      type: "UPDATE_AGENT",
      total: [...makeTask("x", "x", this.#pick([TOTAL, BIGGER])).resources],
      attributes: [],
      oversubscribed: [],
      unschedulable: this.#random.next() < 0.2,
    });
  }

  /** What the engine and the allocator think that a framework holds on an agent. */
  #differences(): string[] {
    const { state } = this.scenario.engine;
    const differences: string[] = [];
    for (const agent of state.agents.values()) {
      for (const framework of state.frameworks.values()) {
        for (const role of ["web", "batch"]) {
          const offers = [...agent.offers].filter(
            (offer) => offer.framework === framework && offer.role === role,
          );
          const tasks = [...agent.tasks].filter(
            (task) => task.charged && task.frameworkId === framework.id && task.role === role,
          );
          const operations = [...agent.operations.values()]
            .filter((it) => it.charged && it.frameworkId === framework.id && it.role === role)
            .map(({ conversion }) => ({ resources: conversion.consumed }));
          const ours = [...offers, ...tasks, ...operations].reduce<Resources>(
            (sum, { resources }) => addResources(sum, resources),
            [],
          );
          const theirs = this.scenario.allocator.view.held(framework.id, role, agent.id);
          if (equalResources(ours, theirs)) continue;
          differences.push(
            `${framework.id} ${role} on ${agent.id}: engine ${formatResources(ours)}, allocator ${formatResources(theirs)}`,
          );
        }
      }
    }
    return differences;
  }

  /** Offers of what is reserved to another role. */
  #strangers(): string[] {
    return [...this.scenario.engine.state.offers.values()].flatMap(({ id, role, resources }) =>
      resources
        .filter((resource) => isReserved(resource) && reservedTo(resource) !== role)
        .map((resource) => `${id} of ${role} has ${formatResources([resource])}`),
    );
  }

  /** What is used and what is offered never passes what an agent has, and offers stand in all their tables. */
  faults(): string[] {
    const { state } = this.scenario.engine;
    const faults: string[] = [];
    for (const agent of state.agents.values()) {
      const used = usedOnAgent(state, agent);
      // A total that fell below what runs kills nothing; then nothing is offered there.
      if (!containsResources(agent.total, used)) {
        if (agent.offers.length > 0) faults.push(`${agent.id} is overcommitted and offered`);
        continue;
      }
      const promised = addResources(used, offeredIn(agent.offers));
      if (!containsResources(agent.total, promised)) {
        faults.push(`${agent.id}: ${formatResources(promised)} of ${formatResources(agent.total)}`);
      }
    }
    faults.push(...this.#differences(), ...this.#strangers());
    const inFrameworks = [...state.frameworks.values()].reduce(
      (sum, { offers }) => sum + offers.size,
      0,
    );
    const inAgents = [...state.agents.values()].reduce((sum, { offers }) => sum + offers.length, 0);
    if (inFrameworks !== state.offers.size || inAgents !== state.offers.size) {
      faults.push(
        `${state.offers.size} offers, ${inFrameworks} at frameworks, ${inAgents} at agents`,
      );
    }
    return faults;
  }
}

function makeTask(
  id: string,
  agentId: string,
  text: string,
): TaskInfo & Pick<Required<TaskInfo>, "resources"> {
  return {
    name: id,
    task_id: { value: id },
    agent_id: { value: agentId },
    command: { value: "true" },
    resources: writeResources(resourcesOf(text), { refined: true }),
  };
}

describe("the engine's books under random calls (MES-09, MES-16)", () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    it(`promises nothing twice with seed ${seed}`, function () {
      this.timeout(30_000);
      const hands = new RandomHands(seed);
      for (let step = 0; step < STEPS; step += 1) {
        hands.step();
        expect(hands.faults(), `seed ${seed}, step ${step}`).to.deep.equal([]);
      }
      expect(hands.scenario.agentsTold("APPLY_OPERATION")).to.be.greaterThan(20);
    });
  }
});
