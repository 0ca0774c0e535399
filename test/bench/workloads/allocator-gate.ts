import { formatResources } from "../../../src/domain/resources/format-resources.ts";
import { Allocator } from "../../../src/domain/allocator/allocator.ts";
import type { ReferenceGrant } from "../../support/reference/reference-run.ts";
import { ReferenceAllocator } from "../../support/reference/reference-allocator.ts";
import { RandomWorld } from "../../support/allocator/random-world.ts";
import { GateError } from "../bench.ts";
import { fleetEvents, fleetOptions, type RoleShape } from "./allocator-fleet.ts";

const CYCLES = 60;
const WORLDS = 4;
const SHAPES: readonly RoleShape[] = ["one", "each", "tree"];

/** What the gate says it compared with. */
export const EQUAL_TO = "reference";

let isPassed = false;

/**
 * The equality gate: 60 cycles of the fleet at a size the reference can do, and random worlds with
 * weights, quota, reservations, GPUs, filters, minimums and ranges, decision by decision.
 *
 * @throws {GateError} at the first difference.
 */
export function checkAllocatorGate(seed: number): void {
  if (isPassed) return;
  for (const roles of SHAPES) checkFleet(seed, roles);
  for (let world = 1; world <= WORLDS; world += 1) checkWorld(seed * 1000 + world);
  isPassed = true;
}

function checkFleet(seed: number, roles: RoleShape): void {
  const options = { ...fleetOptions(seed, "interval"), demandAware: false };
  const engine = new Allocator(options);
  const reference = new ReferenceAllocator(options);
  for (const event of fleetEvents({ agents: 8, frameworks: 5, roles })) {
    if (event.kind === "paused" || event.kind === "resumed") continue;
    compareGrants(engine.apply(event, 0).grants, reference.apply(event, 0), `${roles} set-up`);
  }
  for (let cycle = 0; cycle < CYCLES; cycle += 1) {
    const nowMs = cycle * 1000;
    const { grants } = engine.apply({ kind: "tick" }, nowMs);
    compareGrants(grants, reference.apply({ kind: "tick" }, nowMs), `${roles} cycle ${cycle}`);
    for (const { frameworkId, role, agentId } of grants) {
      const refuseSeconds = cycle % 3 === 0 ? 5 : 0;
      const event = { kind: "recovered", frameworkId, role, agentId, refuseSeconds } as const;
      engine.apply(event, nowMs);
      reference.apply(event, nowMs);
    }
  }
}

function checkWorld(seed: number): void {
  const options = {
    ...fleetOptions(seed, "interval"),
    demandAware: false,
    masterRegion: "here",
  } as const;
  const engine = new Allocator(options);
  const reference = new ReferenceAllocator(options);
  const world = new RandomWorld(seed);
  for (let i = 0; i < CYCLES; i += 1) {
    const event = world.next();
    const { grants } = engine.apply(event, world.nowMs);
    compareGrants(grants, reference.apply(event, world.nowMs), `world ${seed} event ${i}`);
    world.noteGrants(grants);
  }
}

/** @throws {GateError} where the decisions differ. */
export function compareGrants(
  got: readonly ReferenceGrant[],
  wanted: readonly ReferenceGrant[],
  where: string,
): void {
  const [a, b] = [got.map(textOf).join("\n"), wanted.map(textOf).join("\n")];
  if (a !== b) throw new GateError(`${where}: engine\n${a}\nreference\n${b}`);
}

function textOf({ frameworkId, role, agentId, resources }: ReferenceGrant): string {
  const text = formatResources(resources).split(";").sort().join(";");
  return `${frameworkId} as ${role} on ${agentId}: ${text}`;
}
