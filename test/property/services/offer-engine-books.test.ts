import { expect } from "chai";
import { bookFaults } from "../../support/mesos/book-faults.ts";
import { RandomHands } from "../../support/mesos/random-hands.ts";

const STEPS = 1500;
const SEEDS = 8;

describe("the engine's books under random calls (MES-09, MES-16)", () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    it(`promises nothing twice with seed ${seed}`, function () {
      this.timeout(30_000);
      const hands = new RandomHands(seed);
      for (let step = 0; step < STEPS; step += 1) {
        hands.step();
        expect(bookFaults(hands.scenario), `seed ${seed}, step ${step}`).to.deep.equal([]);
      }
      expect(hands.scenario.agentsTold("APPLY_OPERATION")).to.be.greaterThan(20);
    });
  }
});
