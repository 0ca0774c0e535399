import type { Bar, Bench, Grid, Measurement } from "../bench.ts";
import { spreadOf } from "../run/spread.ts";
import type { FleetPoint } from "./allocator-fleet.ts";
import { checkAllocatorGate, EQUAL_TO } from "./allocator-gate.ts";
import { sweepFleet } from "./w1-full-sweep.ts";
import { measureEvents } from "./w4-event.ts";
import { measureNewRole } from "./w8-registration.ts";

/** Each variable is doubled three times from here. */
const BASES: Record<Grid, { readonly agents: number; readonly frameworks: number }> = {
  smoke: { agents: 50, frameworks: 5 },
  standard: { agents: 5_000, frameworks: 50 },
  full: { agents: 5_000, frameworks: 50 },
};
const DOUBLINGS = [1, 2, 4, 8] as const;
/** While the number of frameworks grows. */
const AGENTS_FIXED: Record<Grid, number> = { smoke: 100, standard: 10_000, full: 10_000 };

/** A cost at n, 2n, 4n and 8n of one variable: how much one doubling adds, at worst. */
export const growth: Bench = {
  id: "growth",
  about: "growth of costs, n to 8n",
  run({ grid, seed }) {
    checkAllocatorGate(seed);
    const { agents, frameworks } = BASES[grid];
    const rounds = grid === "smoke" ? 2 : 18;
    const byAgents = DOUBLINGS.map((times) => agents * times);
    const sweeps = byAgents.map((n) => sweepFleet(fleet(n, frameworks), seed, rounds));
    const wider = DOUBLINGS.map((times) =>
      sweepFleet(fleet(AGENTS_FIXED[grid], frameworks * times), seed, rounds),
    );
    const events = byAgents.map((n) => measureEvents(fleet(n, frameworks), seed, rounds).perEvent);
    const newRoles = byAgents.map((n) => measureNewRole(n, seed, rounds * 5).spread());
    const perAgents = `agents ${byAgents.join(" → ")}`;
    const perFrameworks = `frameworks ${frameworks} → ${frameworks * 8}`;
    return [
      line(perAgents, "W1 decide", cpu(sweeps.map(({ decide }) => decide.spread())), 1.15),
      line(perAgents, "W1 give back", cpu(sweeps.map(({ giveBack }) => giveBack.spread())), 1.15),
      line(perFrameworks, "W1 decide", cpu(wider.map(({ decide }) => decide.spread())), 0.5),
      line(perAgents, "W4 event", cpu(events), 0.15),
      line(perAgents, "W8 new role", cpu(newRoles), 0.15),
    ];
  },
};

function fleet(agents: number, frameworks: number): FleetPoint {
  return { agents, frameworks, roles: "one" };
}

function cpu(spreads: readonly Pick<Measurement, "cpuMs">[]): number[] {
  return spreads.map(({ cpuMs }) => cpuMs.p50);
}

/** The costs are medians of CPU in ms, one per doubling; the line shows the last. */
function line(
  point: string,
  column: string,
  costs: readonly number[],
  slopeMax: number,
): Measurement {
  const steps = costs.slice(1).map((cost, i) => Math.log2(cost / (costs[i] ?? NaN)));
  const [first = NaN, last = NaN] = [costs[0], costs.at(-1)];
  const bar: Bar = { slopeMax };
  const slope = Math.max(...steps);
  return {
    id: "growth",
    point,
    adapter: "engine",
    column,
    rounds: costs.length,
    wallMs: spreadOf([last]),
    cpuMs: spreadOf([last]),
    slope,
    equalTo: EQUAL_TO,
    bar,
    note: `slope ${slope.toFixed(2)} (${steps.map((step) => step.toFixed(2)).join(", ")}), 8n costs × ${(last / first).toFixed(1)}; CPU in both columns`,
  };
}
