import { expect } from "chai";
import { asId, type AgentId, type FrameworkId } from "../../../src/api/ids/ids.ts";
import { Allocator } from "../../../src/domain/allocator/allocator.ts";
import type { Grant } from "../../../src/domain/allocator/events.ts";
import { allocatorDefaults } from "../../../src/domain/allocator/options.ts";
import { SeededRandom } from "../../../src/domain/allocator/seeded-random.ts";
import { resourcesOf } from "../../../src/domain/resources/parse-resources.ts";

const SEEDS = 30;

/** Agents of different size offered to roles with these weights; gives the allocator and grants. */
function fill(
  seed: number,
  weights: readonly number[],
  sizes: readonly number[],
): { allocator: Allocator; grants: readonly Grant[] } {
  const allocator = new Allocator({ ...allocatorDefaults, seed, trigger: "interval" });
  allocator.apply({ kind: "paused" }, 0);
  for (const [i, cpus] of sizes.entries()) {
    const agentId = asId<AgentId>(`agent-${i}`);
    const profile = { hostname: agentId, attributes: [], capabilities: ["MULTI_ROLE"] };
    const total = resourcesOf(`cpus:${cpus};mem:1024`);
    allocator.apply({ kind: "agentAdded", agentId, profile, total }, 0);
  }
  for (const [i, weight] of weights.entries()) {
    const role = `role-${i}`;
    allocator.apply({ kind: "weightSet", role, weight }, 0);
    const profile = {
      roles: [role],
      suppressed: [],
      capabilities: ["MULTI_ROLE"],
      minAllocatable: {},
      constraints: {},
    };
    const frameworkId = asId<FrameworkId>(`framework-${i}`);
    allocator.apply({ kind: "frameworkAdded", frameworkId, profile }, 0);
  }
  allocator.apply({ kind: "resumed" }, 0);
  return { allocator, grants: allocator.apply({ kind: "tick" }, 0).grants };
}

describe("Allocator fairness", () => {
  it("keeps weighted shares within the largest agent's share of each other (property 11)", () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const random = new SeededRandom(seed);
      const weights = Array.from({ length: 2 + random.below(5) }, () => 1 + random.below(3));
      const sizes = Array.from({ length: 40 }, () => 1 + random.below(8));
      const { allocator } = fill(seed, weights, sizes);
      const shares = [...allocator.view.roleShares().values()];
      const cpus = sizes.reduce((sum, size) => sum + size, 0);
      const largest = Math.max(Math.max(...sizes) / cpus, 1 / sizes.length);
      expect(Math.max(...shares) - Math.min(...shares), `seed ${seed}`).to.be.at.most(
        largest + 1e-9,
      );
    }
  });

  it("gives the same amounts with any seed when agents are equal (property 8)", () => {
    const counts = (seed: number): string[] =>
      fill(
        seed,
        [1, 2, 1, 3],
        Array.from({ length: 35 }, () => 2),
      )
        .grants.map(({ frameworkId, resources }) => JSON.stringify([frameworkId, resources]))
        .sort();
    for (let seed = 2; seed <= SEEDS; seed += 1) expect(counts(seed)).to.deep.equal(counts(1));
  });
});
