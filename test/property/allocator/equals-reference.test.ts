import { expect } from "chai";
import { Allocator } from "../../../src/domain/allocator/allocator.ts";
import type { ReferenceGrant } from "../../support/reference/reference-run.ts";
import { allocatorDefaults, type AllocatorOptions } from "../../../src/domain/allocator/options.ts";
import { formatResources } from "../../../src/domain/resources/format-resources.ts";
import { ReferenceAllocator } from "../../support/reference/reference-allocator.ts";
import { nodeShare } from "../../support/reference/reference-order.ts";
import { RandomWorld } from "../../support/allocator/random-world.ts";

const WORLDS = 40;
const EVENTS = 120;

describe("Allocator equals the plain reference", () => {
  it("makes the same decisions in the same order, seed by seed (MES-05, NFR-06)", () => {
    let grants = 0;
    for (let seed = 1; seed <= WORLDS; seed += 1) grants += compareWorlds(seed);
    expect(grants, "worlds in which something happens").to.be.greaterThan(WORLDS * 20);
  }).timeout(60_000);
});

/** Gives how many grants were compared. */
function compareWorlds(seed: number): number {
  const options: AllocatorOptions = {
    ...allocatorDefaults,
    seed,
    trigger: "interval",
    demandAware: false,
    agentOrder: seed % 2 === 0 ? "fullest" : "shuffled",
    masterRegion: "here",
  };
  const world = new RandomWorld(seed);
  const engine = new Allocator(options);
  const reference = new ReferenceAllocator(options);
  let made = 0;
  for (let i = 0; i < EVENTS; i += 1) {
    const event = world.next();
    const { grants } = engine.apply(event, world.nowMs);
    const wanted = reference.apply(event, world.nowMs);
    const where = `seed ${seed}, event ${i}: ${JSON.stringify(event)}`;
    expect(grants.map(grantText), where).to.deep.equal(wanted.map(grantText));
    for (const [role, share] of engine.view.roleShares()) {
      const isInner = [...engine.view.roleShares().keys()].some((r) => r.startsWith(`${role}/`));
      if (!isInner)
        expect(share, `${where}, share of ${role}`).to.equal(nodeShare(reference, role));
    }
    world.noteGrants(grants);
    made += grants.length;
  }
  return made;
}

function grantText({ frameworkId, role, agentId, resources }: ReferenceGrant): string {
  const text = formatResources(resources).split(";").sort().join(";");
  return `${frameworkId} as ${role} on ${agentId}: ${text}`;
}
