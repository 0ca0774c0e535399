import { expect } from "chai";
import type { AgentId } from "../../../src/api/ids/ids.ts";
import { Allocator } from "../../../src/domain/allocator/allocator.ts";
import type { AllocatorEvent, Grant } from "../../../src/domain/allocator/events.ts";
import { allocatorDefaults } from "../../../src/domain/allocator/options.ts";
import type { Resources } from "../../../src/domain/resources/resource.ts";
import { checkLimits, checkNothingLostOrDoubled } from "../../support/allocator/checkers.ts";
import { RandomWorld } from "../../support/allocator/random-world.ts";

const WORLDS = 25;
const EVENTS = 120;

describe("Allocator invariants over random worlds", () => {
  it("neither loses nor doubles anything, and keeps limits (properties 1, 2, 5)", () => {
    for (let seed = 1; seed <= WORLDS; seed += 1) checkWorld(seed);
  }).timeout(60_000);

  it("grants nothing to the suppressed, inactive or incapable (property 6)", () => {
    for (let seed = 1; seed <= WORLDS; seed += 1) checkWhoIsGranted(seed);
  });

  it("decides byte for byte the same with the same seed (property 8)", () => {
    for (let seed = 1; seed <= WORLDS; seed += 1) expect(record(seed)).to.equal(record(seed));
  });

  it("is as before when a grant comes back, counts aside (property 7)", () => {
    for (let seed = 1; seed <= WORLDS; seed += 1) checkRecovery(seed);
  });
});

function drive(
  seed: number,
  each: (seen: {
    engine: Allocator;
    event: AllocatorEvent;
    grants: readonly Grant[];
    world: RandomWorld;
    where: string;
  }) => void,
): void {
  const engine = new Allocator({
    ...allocatorDefaults,
    seed,
    trigger: "interval",
    demandAware: true,
  });
  const world = new RandomWorld(seed);
  for (let i = 0; i < EVENTS; i += 1) {
    const event = world.next();
    const { grants } = engine.apply(event, world.nowMs);
    world.noteGrants(grants);
    each({ engine, event, grants, world, where: `seed ${seed}, event ${i}` });
  }
}

function checkWorld(seed: number): void {
  const totals = new Map<AgentId, Resources>();
  drive(seed, ({ engine, event, grants, world, where }) => {
    if (event.kind === "agentAdded") totals.set(event.agentId, event.total);
    if (event.kind === "agentRemoved") totals.delete(event.agentId);
    if (event.kind === "agentUpdated" && event.total !== undefined) {
      totals.set(event.agentId, event.total);
    }
    checkNothingLostOrDoubled(engine, totals, world.held, where);
    checkLimits(engine, grants, where);
  });
}

function checkWhoIsGranted(seed: number): void {
  const inactive = new Set<string>();
  const suppressed = new Set<string>();
  const gpuAgents = new Set<string>();
  drive(seed, ({ event, grants, world, where }) => {
    if (event.kind === "frameworkDeactivated") inactive.add(event.frameworkId);
    if (event.kind === "frameworkActivated") inactive.delete(event.frameworkId);
    if (event.kind === "suppressed" || event.kind === "revived") {
      const roles = event.roles ?? world.frameworks.get(event.frameworkId)?.roles ?? [];
      for (const role of roles) {
        const key = `${event.frameworkId} ${role}`;
        if (event.kind === "suppressed") suppressed.add(key);
        else suppressed.delete(key);
      }
    }
    if ((event.kind === "agentAdded" || event.kind === "agentUpdated") && event.total) {
      if (event.total.some(({ name }) => name === "gpus")) gpuAgents.add(event.agentId);
      else gpuAgents.delete(event.agentId);
    }
    for (const { frameworkId, role, agentId, resources } of grants) {
      const profile = world.frameworks.get(frameworkId);
      expect(inactive.has(frameworkId), `${where}: inactive ${frameworkId}`).to.equal(false);
      expect(suppressed.has(`${frameworkId} ${role}`), `${where}: suppressed`).to.equal(false);
      expect(profile?.roles, where).to.include(role);
      const can = profile?.capabilities ?? [];
      if (gpuAgents.has(agentId)) expect(can, where).to.include("GPU_RESOURCES");
      for (const { reservations, revocable } of resources) {
        const owner = reservations.at(-1)?.role ?? role;
        expect(`${role}/`.startsWith(`${owner}/`), `${where}: ${owner} for ${role}`).to.equal(true);
        if (reservations.length > 1) expect(can, where).to.include("RESERVATION_REFINEMENT");
        if (revocable === true) expect(can, where).to.include("REVOCABLE_RESOURCES");
      }
    }
  });
}

function record(seed: number): string {
  const log: string[] = [];
  drive(seed, ({ event, grants }) => log.push(JSON.stringify([event, grants])));
  return log.join("\n");
}

function checkRecovery(seed: number): void {
  drive(seed, ({ engine, world, where }) => {
    const grant = world.held[0];
    if (grant === undefined) return;
    const { frameworkId, role, agentId, resources } = grant;
    const before = [
      engine.view.free(agentId),
      [...engine.view.roleShares()],
      engine.view.consumed(role),
    ];
    engine.apply({ kind: "recovered", frameworkId, role, agentId, resources }, world.nowMs);
    engine.apply(
      { kind: "agentGrown", agentId, resources: [], used: [{ frameworkId, role, resources }] },
      world.nowMs,
    );
    const after = [
      engine.view.free(agentId),
      [...engine.view.roleShares()],
      engine.view.consumed(role),
    ];
    expect(JSON.stringify(after), where).to.equal(JSON.stringify(before));
  });
}
