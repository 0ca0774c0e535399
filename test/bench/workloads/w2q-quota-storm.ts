import { asId, type AgentId, type FrameworkId } from "../../../src/api/ids/ids.ts";
import { Allocator } from "../../../src/domain/allocator/allocator.ts";
import type { AllocatorEvent, Grant } from "../../../src/domain/allocator/events.ts";
import { resourcesOf } from "../../../src/domain/resources/parse-resources.ts";
import { ReferenceAllocator } from "../../support/reference/reference-allocator.ts";
import { GateError, type Bench, type BenchContext, type Grid, type Measurement } from "../bench.ts";
import { Stopwatch } from "../run/measure.ts";
import { fleetOptions } from "./allocator-fleet.ts";
import { compareGrants, EQUAL_TO } from "./allocator-gate.ts";

/** Agents, and as many roles. */
const SIZES: Record<Grid, readonly number[]> = {
  smoke: [30, 100],
  standard: [30, 300, 3_000],
  full: [30, 300, 3_000],
};
const GATE_SIZE = 12;
const STORM_ROUNDS = 3;
const EMPTY_ROUNDS = 9;
/** A day: longer than any run. */
const REFUSE_SECONDS = 86_400;
const AGENT_TOTAL = "cpus:24;mem:4096;disk:4096;ports:[31000-32000]";
/** In turn: a quarter and three quarters of an agent, so that half of the pool is free when all have theirs. */
const QUOTAS = [
  { cpus: 6_000, mem: 1_024_000 },
  { cpus: 18_000, mem: 3_072_000 },
] as const;

/** Every role has a guarantee that is its limit too: all get theirs, decline it, and then nobody may have more. */
export const quotaStorm: Bench = {
  id: "W2q",
  about: "decline storm with quota on every role",
  run(context) {
    checkAgainstReference(context.seed);
    return SIZES[context.grid].flatMap((size) => storm(size, context));
  },
};

function storm(size: number, { seed }: BenchContext): Measurement[] {
  const allocator = new Allocator(fleetOptions(seed, "interval"));
  allocator.decide({ kind: "paused" }, 0);
  for (const event of quotaEvents(size)) allocator.decide(event, 0);
  allocator.decide({ kind: "resumed" }, 0);
  const allocate = new Stopwatch();
  const decline = new Stopwatch();
  let made = 0;
  for (let round = 0; round <= STORM_ROUNDS; round += 1) {
    const { grants } = allocate.time(() => allocator.apply({ kind: "tick" }, 0));
    made = grants.length;
    checkQuotas(allocator, size);
    if (round === STORM_ROUNDS) break;
    decline.time(() => {
      for (const grant of grants) allocator.decide(declined(grant, REFUSE_SECONDS), 0);
    });
  }
  const empty = new Stopwatch();
  for (let round = -1; round < EMPTY_ROUNDS; round += 1) {
    if (round === 0) empty.reset();
    const { result } = empty.time(() => allocator.decide({ kind: "tick" }, 0));
    if (result?.batch.length !== 0) throw new GateError("W2q: somebody got more than its limit");
  }
  const base = {
    id: "W2q",
    point: `${size} agents, ${size} quota roles`,
    adapter: "engine",
    equalTo: EQUAL_TO,
  } as const;
  const bar = size === 3_000 ? { bar: { goalMs: 20 } } : {};
  return [
    {
      ...base,
      column: "allocate",
      rounds: allocate.rounds,
      ...allocate.spread(),
      note: `${made} offers`,
      ...bar,
    },
    {
      ...base,
      column: "decline",
      rounds: decline.rounds,
      ...decline.spread(made),
      note: "per offer",
    },
    { ...base, column: "empty evaluation", rounds: EMPTY_ROUNDS, ...empty.spread(), ...bar },
  ];
}

function quotaEvents(size: number): AllocatorEvent[] {
  const total = resourcesOf(AGENT_TOTAL);
  const each = <T>(make: (index: number) => T): T[] =>
    Array.from({ length: size }, (_, i) => make(i));
  return [
    ...each((index): AllocatorEvent => {
      const quota = QUOTAS[index % 2] ?? QUOTAS[0];
      return { kind: "quotaSet", role: `role-${index}`, guarantees: quota, limits: quota };
    }),
    ...each((index): AllocatorEvent => ({
      kind: "agentAdded",
      agentId: asId<AgentId>(`agent-${index}`),
      profile: {
        hostname: `host-${index}`,
        attributes: [],
        capabilities: ["MULTI_ROLE", "HIERARCHICAL_ROLE", "RESERVATION_REFINEMENT"],
      },
      total,
    })),
    ...each((index): AllocatorEvent => ({
      kind: "frameworkAdded",
      frameworkId: asId<FrameworkId>(`framework-${index}`),
      profile: {
        roles: [`role-${index}`],
        suppressed: [],
        capabilities: ["MULTI_ROLE"],
        minAllocatable: {},
        constraints: {},
      },
    })),
  ];
}

function declined(
  {
    frameworkId,
    role,
    agentId,
    resources,
  }: Pick<Grant, "frameworkId" | "role" | "agentId" | "resources">,
  refuseSeconds: number,
): AllocatorEvent {
  return {
    kind: "recovered",
    frameworkId,
    role,
    agentId,
    resources,
    refuseSeconds,
    cause: "declinedWhole",
  };
}

/** Every role holds what its quota says, which is all it may. */
function checkQuotas({ view }: Allocator, size: number): void {
  for (let index = 0; index < size; index += 1) {
    const held = view.offeredOrAllocated(`role-${index}`);
    const quota = QUOTAS[index % 2] ?? QUOTAS[0];
    for (const name of ["cpus", "mem"] as const) {
      if (held[name] === quota[name]) continue;
      throw new GateError(
        `W2q: role-${index} holds ${held[name] ?? 0} of ${name}, not ${quota[name]}`,
      );
    }
  }
}

/** The same storm, decision by decision, at a size that the reference can do. */
function checkAgainstReference(seed: number): void {
  const options = { ...fleetOptions(seed, "interval"), demandAware: false };
  const engine = new Allocator(options);
  const reference = new ReferenceAllocator(options);
  for (const event of quotaEvents(GATE_SIZE)) {
    compareGrants(engine.apply(event, 0).grants, reference.apply(event, 0), `W2q ${event.kind}`);
  }
  for (let round = 0; round < STORM_ROUNDS; round += 1) {
    const nowMs = (round + 1) * 1000;
    for (let index = 0; index < GATE_SIZE; index += 1) {
      const [frameworkId, role] = [asId<FrameworkId>(`framework-${index}`), `role-${index}`];
      for (let agent = 0; agent < GATE_SIZE; agent += 1) {
        const agentId = asId<AgentId>(`agent-${agent}`);
        const resources = engine.view.held(frameworkId, role, agentId);
        if (resources.length === 0) continue;
        const event = declined({ frameworkId, role, agentId, resources }, REFUSE_SECONDS);
        engine.apply(event, nowMs);
        reference.apply(event, nowMs);
      }
    }
    const { grants } = engine.apply({ kind: "tick" }, nowMs);
    compareGrants(grants, reference.apply({ kind: "tick" }, nowMs), `W2q round ${round}`);
  }
}
