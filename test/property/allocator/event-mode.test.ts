import { expect } from "chai";
import { Allocator } from "../../../src/domain/allocator/allocator.ts";
import type { AllocatorEvent, Grant } from "../../../src/domain/allocator/events.ts";
import { allocatorDefaults, type AllocatorOptions } from "../../../src/domain/allocator/options.ts";
import { RandomWorld } from "../../support/allocator/random-world.ts";
import { ReferenceAllocator } from "../../support/reference/reference-allocator.ts";

const WORLDS = 30;
const EVENTS = 100;
const RUNS_MAX = 20;

describe("Allocator in mode event", () => {
  it("leaves nothing to grant once no work is queued (property 9)", () => {
    for (let seed = 1; seed <= WORLDS; seed += 1) keepsQuiet(seed);
  }).timeout(60_000);

  it("grants what an interval run over the same agents grants from the same state (property 10)", () => {
    let compared = 0;
    for (let seed = 1; seed <= WORLDS; seed += 1) compared += comparesModes(seed);
    expect(compared, "worlds in which something is granted").to.be.greaterThan(WORLDS);
  });
});

/** After a set-up in which nothing ran; gives how many grants were compared. */
function comparesModes(seed: number): number {
  const granted = (["event", "interval"] as const).map((trigger) => {
    const options = { ...allocatorDefaults, seed, trigger, coalesceMs: 0, masterRegion: "here" };
    const engine = new Allocator(options);
    const world = new RandomWorld(seed);
    engine.apply({ kind: "paused" }, 0);
    for (let i = 0; i < 30; i += 1) engine.apply(world.next(), 0);
    engine.apply({ kind: "resumed" }, 0);
    return engine.apply({ kind: "tick" }, 0).grants;
  });
  expect(granted[0], `seed ${seed}`).to.deep.equal(granted[1]);
  return granted[0]?.length ?? 0;
}

function keepsQuiet(seed: number): void {
  const options: AllocatorOptions = {
    ...allocatorDefaults,
    seed,
    demandAware: seed % 2 === 0,
    coalesceMs: 0,
    masterRegion: "here",
  };
  const world = new RandomWorld(seed);
  const engine = new Allocator(options);
  const reference = new ReferenceAllocator(options);
  for (let i = 0; i < EVENTS; i += 1) {
    const event = withFilter(world.next());
    const grants = settle(engine, event, world.nowMs);
    reference.follow(event, grants, world.nowMs);
    world.noteGrants(grants);
    const left = reference.wouldGrant();
    expect(left, `seed ${seed}, event ${i}: ${JSON.stringify(event)}`).to.deep.equal([]);
  }
}

/** Tells the event and runs until nothing is due any more. */
function settle(engine: Allocator, event: AllocatorEvent, nowMs: number): Grant[] {
  const first = engine.apply(event, nowMs);
  const grants = [...first.grants];
  let due = first.nextDueMs;
  for (let runs = 0; due !== undefined && due <= nowMs; runs += 1) {
    expect(runs, "runs for one event").to.be.lessThan(RUNS_MAX);
    const next = engine.apply({ kind: "run" }, nowMs);
    grants.push(...next.grants);
    due = next.nextDueMs;
  }
  return grants;
}

/** A refusal of no time is passed over until the next tick here; the reference knows filters only. */
function withFilter(event: AllocatorEvent): AllocatorEvent {
  return event.kind === "recovered" && event.refuseSeconds === 0
    ? { ...event, refuseSeconds: 1 }
    : event;
}
