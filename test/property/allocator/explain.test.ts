import { expect } from "chai";
import { Allocator } from "../../../src/domain/allocator/allocator.ts";
import { NO_OFFER_REASONS } from "../../../src/domain/allocator/explain/explain.ts";
import { allocatorDefaults } from "../../../src/domain/allocator/options.ts";
import { RandomWorld } from "../../support/allocator/random-world.ts";

const WORLDS = 25;
const EVENTS = 80;

describe("explain", () => {
  it("gives exactly one reason for every no, and after quiet runs never the order (property 13)", () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= WORLDS; seed += 1) explainWorld(seed, seen);
    expect([...seen], "reasons the worlds bring up").to.include.members([
      "inactive_agent",
      "overcommitted",
      "framework_inactive",
      "role_suppressed",
      "nothing_free",
      "reserved_for_other",
      "below_minimum",
      "gpu",
      "region",
      "agent_capability",
      "limit",
      "headroom",
      "filtered",
    ]);
  }).timeout(30_000);
});

function explainWorld(seed: number, seen: Set<string>): void {
  const allocator = new Allocator({
    ...allocatorDefaults,
    seed,
    trigger: "interval",
    demandAware: false,
    masterRegion: "here",
  });
  const world = new RandomWorld(seed);
  for (let i = 0; i < EVENTS; i += 1) {
    const event = world.next();
    world.noteGrants(allocator.apply(event, world.nowMs).grants);
    if (event.kind !== "tick") continue;
    for (;;) {
      const { grants } = allocator.apply({ kind: "tick" }, world.nowMs);
      if (grants.length === 0) break;
      world.noteGrants(grants);
    }
    for (const [frameworkId, { roles }] of world.frameworks) {
      for (const role of roles) {
        const answers = allocator.view.explain({ frameworkId, role });
        expect(answers?.length, `seed ${seed}`).to.equal(world.agents.size);
        for (const { granted, reason, agentId } of answers ?? []) {
          const where = `seed ${seed}, event ${i}: ${frameworkId} as ${role} on ${agentId}`;
          expect(granted, where).to.equal(reason === undefined);
          if (reason === undefined) continue;
          expect(NO_OFFER_REASONS, where).to.include(reason);
          expect(reason, where).not.to.equal("lower_share_first");
          seen.add(reason);
        }
      }
    }
  }
}
