import type { TaskInfo } from "../../../src/api/mesos/task.ts";
import type { Offer } from "../../../src/domain/mesos/master-state.ts";
import { writeResources } from "../../../src/domain/mesos/wire-resources.ts";
import { resourcesOf } from "../../../src/domain/resources/parse-resources.ts";
import type { SeededRandom } from "../seeded-random.ts";
import type { EngineScenario } from "./engine-scenario.ts";
import { liveTasksOf } from "./random-agents.ts";
import type { RandomOperations } from "./random-operations.ts";

/** Frameworks that come, go and call as they like, often on offers they no longer have. */
export class RandomFrameworks {
  readonly #scenario: EngineScenario;
  readonly #random: SeededRandom;
  readonly #operations: RandomOperations;
  /** Ids and streams by name. */
  readonly #ids = new Map<string, string>();
  readonly #streams = new Map<string, string>();
  #streamsMade = 0;
  #tasksMade = 0;

  constructor(scenario: EngineScenario, random: SeededRandom, operations: RandomOperations) {
    this.#scenario = scenario;
    this.#random = random;
    this.#operations = operations;
  }

  subscribe(name: string): void {
    const known = this.#ids.get(name);
    const streamId = `${name}-${++this.#streamsMade}`;
    const id = this.#scenario.framework(streamId, {
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
      this.#ids.delete(name);
      this.subscribe(name);
      return;
    }
    this.#ids.set(name, id);
    this.#streams.set(name, streamId);
  }

  hangUp(): void {
    const streamId = this.#streams.get(this.#name()) ?? "";
    this.#scenario.put({ kind: "frameworkStreamClosed", streamId });
  }

  accept(): void {
    const name = this.#name();
    const streamId = this.#streams.get(name) ?? "";
    const offers = this.#scenario.offers(streamId);
    if (offers.length === 0) return;
    // Often stale: rescinded, used, or of another stream.
    const offer = this.#random.next() < 0.8 ? offers.at(-1)! : this.#random.pick(offers);
    const resources = this.#random.pick([
      "cpus:0.5;mem:64",
      "cpus:1;mem:512;ports:[31003-31004]",
      "cpus:3;mem:100",
      "cpus:9",
    ]);
    this.#scenario.call(this.#ids.get(name) ?? "", {
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
        filters: { refuse_seconds: this.#random.pick([0, 1, 5]) },
      },
    });
  }

  decline(): void {
    const name = this.#name();
    const offer = this.#scenario.offers(this.#streams.get(name) ?? "").at(-1);
    if (offer === undefined) return;
    this.#scenario.call(this.#ids.get(name) ?? "", {
      type: "DECLINE",
      decline: {
        offer_ids: [{ value: offer.id }],
        filters: { refuse_seconds: this.#random.pick([0, 1]) },
      },
    });
  }

  revive(): void {
    const id = this.#ids.get(this.#name()) ?? "";
    this.#scenario.call(id, { type: "REVIVE" });
  }

  kill(): void {
    const task = liveTasksOf(this.#scenario)[0];
    if (task === undefined) return;
    this.#scenario.call(task.frameworkId, { type: "KILL", kill: { task_id: { value: task.id } } });
  }

  /** A task on something reserved, if there is anything in the offer. */
  #reservedTask({ agent, resources }: Offer): TaskInfo[] {
    const reserved = resources.find(({ reservations }) => reservations.length > 0);
    if (reserved === undefined || this.#random.next() < 0.5) return [];
    const task = this.#task(agent.id, "cpus:0.1");
    return [{ ...task, resources: writeResources([reserved], { refined: true }) }];
  }

  #task(agentId: string, text: string): TaskInfo {
    const id = `t${this.#tasksMade++}`;
    return {
      name: id,
      task_id: { value: id },
      agent_id: { value: agentId },
      command: { value: "true" },
      resources: writeResources(resourcesOf(text), { refined: true }),
    };
  }

  #name(): string {
    return this.#random.pick([...this.#ids.keys()]);
  }
}
