import { expect } from "chai";
import { runWorld, type WorldOptions } from "../../support/mesos/sim/world.ts";

const LOSSY = { requestLoss: 0.03, answerLoss: 0.03, delayMaxMs: 40 };

const worlds: Record<string, Omit<WorldOptions, "seed">> = {
  "a quiet network": {},
  "lost requests, lost answers, delays": { faults: LOSSY },
  "streams cut every few seconds": { faults: LOSSY, cutEveryMs: 5000 },
  "leaders that come and go": { faults: LOSSY, failoverEveryMs: 9000 },
  "leaders that come and do not quite go (HA-05)": {
    faults: LOSSY,
    failoverEveryMs: 9000,
    zombieShare: 0.7,
    cutEveryMs: 13_000,
  },
  "agents cut off until they count as unreachable (MES-28)": {
    faults: LOSSY,
    isolateEveryMs: 12_000,
    faultyMs: 60_000,
  },
  "agents drained, deactivated and taken back (HA-16)": {
    faults: LOSSY,
    cutEveryMs: 5000,
    orderEveryMs: 2500,
  },
  "agents drained, then cut off, under leaders that come and go (HA-16)": {
    faults: LOSSY,
    isolateEveryMs: 12_000,
    failoverEveryMs: 50_000,
    zombieShare: 0.5,
    orderEveryMs: 4000,
    faultyMs: 120_000,
  },
  "reservations that come and go (MES-16)": { faults: LOSSY, reserves: true },
  "reservations under cuts, losses of agents and changes of leader (MES-16, HA-02)": {
    faults: LOSSY,
    cutEveryMs: 7000,
    isolateEveryMs: 15_000,
    failoverEveryMs: 20_000,
    zombieShare: 0.5,
    faultyMs: 60_000,
    reserves: true,
  },
  "maintenance that is planned again and again (HA-16)": {
    faults: LOSSY,
    cutEveryMs: 5000,
    maintainEveryMs: 2500,
  },
  "maintenance, and leaders that come and do not quite go (HA-16)": {
    faults: LOSSY,
    isolateEveryMs: 12_000,
    failoverEveryMs: 9000,
    zombieShare: 0.5,
    maintainEveryMs: 3000,
  },
};

const SEEDS_EACH = 20;

describe("the offer engine among agents and frameworks (MES-09, HA-02)", () => {
  for (const [name, options] of Object.entries(worlds)) {
    it(`loses, doubles and overcommits nothing with ${name}`, async function () {
      this.timeout(60_000);
      for (let seed = 1; seed <= SEEDS_EACH; seed += 1) {
        const result = await runWorld({ seed, ...options });
        expect(
          result.violations,
          `seed ${seed}\n${result.log.slice(-80).join("\n")}`,
        ).to.deep.equal([]);
        expect(result.tasksStarted, `seed ${seed}`).to.be.greaterThan(10);
      }
    });
  }

  it("writes the same log for the same seed", async function () {
    this.timeout(20_000);
    const options = { seed: 7, faults: LOSSY, failoverEveryMs: 9000, cutEveryMs: 5000 };
    const [first, second] = [await runWorld(options), await runWorld(options)];
    expect(first.log.join("\n")).to.equal(second.log.join("\n"));
  });
});
