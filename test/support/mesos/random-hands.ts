import { EngineScenario } from "./engine-scenario.ts";
import { RandomAgents } from "./random-agents.ts";
import { RandomFrameworks } from "./random-frameworks.ts";
import { RandomOperations } from "./random-operations.ts";
import { SeededRandom } from "../seeded-random.ts";

/** A cluster that random hands play with: every call, every way for an agent to come and go. */
export class RandomHands {
  readonly scenario = new EngineScenario({ config: { offerTimeoutMs: 3000 } });
  readonly #random: SeededRandom;
  readonly #operations: RandomOperations;
  readonly #frameworks: RandomFrameworks;
  readonly #agents: RandomAgents;

  constructor(seed: number) {
    this.#random = new SeededRandom(seed);
    this.#operations = new RandomOperations(this.#random);
    this.#frameworks = new RandomFrameworks(this.scenario, this.#random, this.#operations);
    this.#agents = new RandomAgents(this.scenario, this.#random);
    for (const name of ["f0", "f1", "f2"]) this.#frameworks.subscribe(name);
    for (const name of ["a0", "a1", "a2"]) this.#agents.register(name);
  }

  step(): void {
    const roll = this.#random.next();
    if (roll < 0.3) this.#frameworks.accept();
    else if (roll < 0.4) this.#frameworks.decline();
    else if (roll < 0.7) this.#agents.moveTask();
    else if (roll < 0.75) this.#frameworks.kill();
    else if (roll < 0.78) this.#agents.resize();
    else if (roll < 0.81) this.#agents.register(this.#random.pick(["a0", "a1", "a2", "a3"]));
    else if (roll < 0.83) this.#agents.silence();
    else if (roll < 0.86) this.#frameworks.subscribe(this.#random.pick(["f0", "f1", "f2"]));
    else if (roll < 0.87) this.#frameworks.hangUp();
    else if (roll < 0.88) this.#operateAsOperator();
    else if (roll < 0.89) this.#agents.answerOperation();
    else if (roll < 0.9) this.#frameworks.revive();
    else this.scenario.pass(Math.floor(this.#random.next() * 1500));
  }

  #operateAsOperator(): void {
    const agents = [...this.scenario.engine.state.agents.values()];
    const agent = this.#random.pick(agents);
    const [operation] = this.#operations.some(agent.total, this.#random.pick(["web", "batch"]));
    if (operation === undefined) return;
    this.scenario.put({
      kind: "agentOperated",
      requestId: "r",
      agentId: agent.id,
      operation,
      principal: undefined,
    });
  }
}
