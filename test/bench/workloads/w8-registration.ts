import { asId, type AgentId, type FrameworkId } from "../../../src/api/ids/ids.ts";
import { Allocator } from "../../../src/domain/allocator/allocator.ts";
import type { Decision } from "../../../src/domain/allocator/events.ts";
import { GateError, type Bench, type BenchContext, type Grid, type Measurement } from "../bench.ts";
import { Stopwatch } from "../run/measure.ts";
import { buildFleet, fleetEvents, fleetOptions, type FleetPoint } from "./allocator-fleet.ts";
import { checkAllocatorGate, EQUAL_TO } from "./allocator-gate.ts";

const AGENTS: Record<Grid, readonly number[]> = {
  smoke: [1_000],
  standard: [10_000],
  full: [5_000, 10_000, 20_000, 40_000],
};
const FRAMEWORKS = 50;
/** As many agents as join within a minute. */
const JOINING = 500;

/** A framework with a new role, 500 agents one by one, and all agents at once; mode `event`. */
export const registration: Bench = {
  id: "W8",
  about: "registration",
  run(context) {
    checkAllocatorGate(context.seed);
    return AGENTS[context.grid].flatMap((agents) => {
      const rounds = context.grid === "smoke" ? 20 : 200;
      const newRole = measureNewRole(agents, context.seed, rounds);
      const base = { id: "W8", adapter: "engine", equalTo: EQUAL_TO } as const;
      const point = `${agents}/${FRAMEWORKS}`;
      return [
        {
          ...base,
          point,
          column: "new role",
          rounds: newRole.rounds,
          ...newRole.spread(),
          bar: { goalMs: 1 },
          note: "framework added and run; the one free agent is its",
        },
        joiningAgents(agents, context),
        allAtOnce(agents, context),
      ];
    });
  },
};

/** All agents but one are taken; a framework with a role of its own comes, gets that one and goes again. */
export function measureNewRole(agents: number, seed: number, rounds: number): Stopwatch {
  const { allocator } = buildFleet(fleet(agents), seed, "event");
  const { grants } = allocator.apply({ kind: "run" }, 0);
  const [spare] = grants;
  if (spare === undefined) throw new GateError("W8: nothing was offered");
  const watch = new Stopwatch();
  let holder: FrameworkId = spare.frameworkId;
  let role = spare.role;
  for (let round = -10; round < rounds; round += 1) {
    if (round === 0) watch.reset();
    const nowMs = round + 20;
    const id = asId<FrameworkId>(`new-${round}`);
    const profile = {
      roles: [`new-role-${round}`],
      suppressed: [],
      capabilities: ["MULTI_ROLE"],
      minAllocatable: {},
      constraints: {},
    };
    allocator.decide(
      { kind: "recovered", frameworkId: holder, role, agentId: spare.agentId },
      nowMs,
    );
    const decision = watch.time(() => {
      allocator.decide({ kind: "frameworkAdded", frameworkId: id, profile }, nowMs);
      return allocator.apply({ kind: "run" }, nowMs);
    });
    expectOnly(decision, spare.agentId, id);
    allocator.decide({ kind: "frameworkRemoved", frameworkId: id }, nowMs);
    const next = allocator.apply({ kind: "run" }, nowMs).grants[0];
    if (next?.agentId !== spare.agentId) throw new GateError("W8: what it held was not offered");
    [holder, role] = [next.frameworkId, next.role];
  }
  return watch;
}

/** Into a fleet that is taken, one agent after the other, each with its run. */
function joiningAgents(agents: number, { seed, grid }: BenchContext): Measurement {
  const { allocator } = buildFleet(fleet(agents), seed, "event");
  allocator.apply({ kind: "run" }, 0);
  const count = grid === "smoke" ? JOINING / 5 : JOINING;
  const joining = fleetEvents(fleet(agents + count)).filter((event) => event.kind === "agentAdded");
  const watch = new Stopwatch();
  for (const event of joining.slice(agents)) {
    const decision = watch.time(() => {
      allocator.decide(event, 1);
      return allocator.apply({ kind: "run" }, 1);
    });
    expectOnly(decision, event.agentId);
  }
  return {
    id: "W8",
    point: `${agents}/${FRAMEWORKS}`,
    adapter: "engine",
    column: "one agent joins",
    rounds: watch.rounds,
    ...watch.spread(),
    equalTo: EQUAL_TO,
    bar: { specMs: 60_000 / JOINING },
    note: "added and offered",
  };
}

/** Frameworks wait, then all agents register within one coalescing window. */
function allAtOnce(agents: number, { seed, grid }: BenchContext): Measurement {
  const events = fleetEvents(fleet(agents));
  const joining = events.filter(({ kind }) => kind === "agentAdded");
  const waiting = events.filter(({ kind }) => kind === "frameworkAdded");
  const watch = new Stopwatch();
  const rounds = grid === "smoke" ? 2 : 9;
  for (let round = -1; round < rounds; round += 1) {
    if (round === 0) watch.reset();
    const allocator = new Allocator(fleetOptions(seed, "event"));
    for (const event of waiting) allocator.decide(event, 0);
    const { grants } = watch.time(() => {
      for (const event of joining) allocator.decide(event, 0);
      return allocator.apply({ kind: "run" }, 0);
    });
    if (grants.length !== agents) {
      throw new GateError(`W8: ${grants.length} of ${agents} agents were offered`);
    }
  }
  return {
    id: "W8",
    point: `${agents}/${FRAMEWORKS}`,
    adapter: "engine",
    column: "all agents at once",
    rounds,
    ...watch.spread(),
    equalTo: EQUAL_TO,
    ...(agents === 10_000 ? { bar: { goalMs: 300 } } : {}),
    note: "added and offered, in the allocator",
  };
}

function fleet(agents: number): FleetPoint {
  return { agents, frameworks: FRAMEWORKS, roles: "each" };
}

function expectOnly({ grants }: Decision, agentId: AgentId, frameworkId?: FrameworkId): void {
  const [grant] = grants;
  const isRight =
    grants.length === 1 &&
    grant?.agentId === agentId &&
    (frameworkId === undefined || grant.frameworkId === frameworkId);
  if (!isRight) {
    throw new GateError(`W8: ${grants.length} grants, the first of ${grant?.agentId ?? "nothing"}`);
  }
}
