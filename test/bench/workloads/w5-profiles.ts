import { asId, type AgentId, type FrameworkId } from "../../../src/api/ids/ids.ts";
import { Allocator } from "../../../src/domain/allocator/allocator.ts";
import type { Grant } from "../../../src/domain/allocator/events.ts";
import { scalarMilli, subtractResources } from "../../../src/domain/resources/arithmetic.ts";
import { resourcesOf } from "../../../src/domain/resources/parse-resources.ts";
import type { Resources } from "../../../src/domain/resources/resource.ts";
import { GateError, type Bench, type BenchContext, type Grid, type Measurement } from "../bench.ts";
import { Stopwatch } from "../run/measure.ts";
import { fleetOptions } from "./allocator-fleet.ts";
import { checkAllocatorGate, EQUAL_TO } from "./allocator-gate.ts";

/** Frameworks that are alike: how many, what each wants to run and how much of it in one offer. */
interface Profile {
  readonly name: string;
  readonly frameworks: number;
  readonly tasks: number;
  readonly cpus: number;
  readonly mem: number;
  readonly tasksPerOfferMax: number;
  /** All frameworks in one role; else one role each. */
  readonly isOneRole: boolean;
}

const PROFILES: readonly Profile[] = [
  {
    name: "batch",
    frameworks: 4,
    tasks: 4_000,
    cpus: 0.07,
    mem: 400,
    tasksPerOfferMax: 100,
    isOneRole: false,
  },
  {
    name: "small",
    frameworks: 500,
    tasks: 5,
    cpus: 0.1,
    mem: 4_000,
    tasksPerOfferMax: 1,
    isOneRole: true,
  },
  {
    name: "large",
    frameworks: 50,
    tasks: 20,
    cpus: 1,
    mem: 1_000,
    tasksPerOfferMax: 5,
    isOneRole: false,
  },
];
const AGENTS = 80;
const AGENT_TOTAL = "cpus:64;mem:488000";
const COALESCE_MS = 5;

/** How often the cluster and each framework's tasks are there. */
const SCALES: Record<Grid, readonly number[]> = { smoke: [0.25], standard: [1], full: [1, 125] };

/** Frameworks of three kinds launch until all of their tasks run; what an offer leaves unused goes back at once. */
export const profiles: Bench = {
  id: "W5",
  about: "framework profiles",
  run(context) {
    checkAllocatorGate(context.seed);
    return SCALES[context.grid].map((scale) => launchAll(scale, context));
  },
};

interface Launcher {
  readonly profile: Profile;
  readonly role: string;
  readonly id: FrameworkId;
  readonly tasks: number;
  left: number;
}

function launchAll(scale: number, { seed }: BenchContext): Measurement {
  const allocator = new Allocator(fleetOptions(seed, "event"));
  const agents = addAgents(allocator, Math.max(1, Math.round(AGENTS * scale)));
  const launchers = addLaunchers(allocator, scale);
  const tasks = [...launchers.values()].reduce((sum, { left }) => sum + left, 0);
  const watch = new Stopwatch();
  const decide = <T>(work: () => T): T => watch.time(work);
  let runs = 0;
  let offers = 0;
  let launched = 0;
  for (let nowMs = COALESCE_MS; launched < tasks; nowMs += COALESCE_MS) {
    const { grants } = decide(() => allocator.apply({ kind: "run" }, nowMs));
    if (grants.length === 0) break;
    runs += 1;
    offers += grants.length;
    const answers = grants.map((grant) => answer(grant, launchers));
    launched += answers.reduce((sum, { count }) => sum + count, 0);
    const done = answers.map(({ launcher }) => launcher).filter(({ left }) => left === 0);
    decide(() => {
      for (const { grant, rest } of answers) {
        const { frameworkId, role, agentId } = grant;
        if (rest.length === 0) continue;
        const event = { kind: "recovered", frameworkId, role, agentId, resources: rest } as const;
        allocator.decide(event, nowMs);
      }
      for (const { id } of new Set(done)) {
        allocator.decide({ kind: "suppressed", frameworkId: id }, nowMs);
      }
    });
  }
  checkLaunched(allocator, agents, [...launchers.values()], tasks, launched);
  const spread = watch.total();
  return {
    id: "W5",
    point: `${agents.length} agents, ${launchers.size} frameworks, ${tasks} tasks`,
    adapter: "engine",
    column: "all launched, allocator",
    rounds: 1,
    ...spread,
    rate: tasks / (spread.cpuMs.p50 / 1000),
    equalTo: EQUAL_TO,
    ...(scale === 1 ? { bar: { specMs: 30_000, goalMs: 3_000 } } : {}),
    note: `${runs} runs, ${offers} offers; all that fits runs`,
  };
}

function addAgents(allocator: Allocator, count: number): AgentId[] {
  allocator.decide({ kind: "paused" }, 0);
  const total = resourcesOf(AGENT_TOTAL);
  return Array.from({ length: count }, (_, index) => {
    const agentId = asId<AgentId>(`agent-${index}`);
    const profile = {
      hostname: `host-${index}`,
      attributes: [],
      capabilities: ["MULTI_ROLE", "RESERVATION_REFINEMENT"],
    };
    allocator.decide({ kind: "agentAdded", agentId, profile, total }, 0);
    return agentId;
  });
}

function addLaunchers(allocator: Allocator, scale: number): Map<FrameworkId, Launcher> {
  const launchers = new Map<FrameworkId, Launcher>();
  for (const profile of PROFILES) {
    for (let index = 0; index < profile.frameworks; index += 1) {
      const id = asId<FrameworkId>(`${profile.name}-${index}`);
      const role = profile.isOneRole ? profile.name : id;
      const tasks = Math.max(1, Math.round(profile.tasks * scale));
      launchers.set(id, { profile, role, id, tasks, left: tasks });
      const asked = {
        roles: [role],
        suppressed: [],
        capabilities: ["MULTI_ROLE"],
        minAllocatable: {},
        constraints: {},
      };
      allocator.decide({ kind: "frameworkAdded", frameworkId: id, profile: asked }, 0);
    }
  }
  allocator.decide({ kind: "resumed" }, 0);
  return launchers;
}

/** As many tasks as fit, are left and may go into one offer. */
function answer(
  grant: Grant,
  launchers: ReadonlyMap<FrameworkId, Launcher>,
): { grant: Grant; launcher: Launcher; count: number; rest: Resources } {
  const launcher = launchers.get(grant.frameworkId);
  if (launcher === undefined) throw new GateError(`W5: nobody knows ${grant.frameworkId}`);
  const { cpus, mem, tasksPerOfferMax } = launcher.profile;
  const fits = Math.min(
    Math.floor(scalarMilli(grant.resources, "cpus") / Math.round(cpus * 1000)),
    Math.floor(scalarMilli(grant.resources, "mem") / (mem * 1000)),
  );
  const count = Math.min(fits, launcher.left, tasksPerOfferMax);
  launcher.left -= count;
  const rest =
    count === 0
      ? grant.resources
      : subtractResources(grant.resources, amountOf(launcher.profile, count));
  return { grant, launcher, count, rest };
}

function amountOf({ cpus, mem }: Profile, count: number): Resources {
  return resourcesOf(`cpus:${Math.round(cpus * 1000 * count) / 1000};mem:${mem * count}`);
}

/** Everything launched, and the pool holds exactly that. */
function checkLaunched(
  { view }: Allocator,
  agents: readonly AgentId[],
  launchers: readonly Launcher[],
  tasks: number,
  launched: number,
): void {
  if (launched !== tasks) throw new GateError(`W5: ${launched} of ${tasks} tasks were launched`);
  const wanted = new Map<string, number>();
  for (const { profile, role, tasks: own } of launchers) {
    wanted.set(role, (wanted.get(role) ?? 0) + own * Math.round(profile.cpus * 1000));
  }
  for (const [role, milli] of wanted) {
    const held = view.offeredOrAllocated(role)["cpus"] ?? 0;
    if (held !== milli) throw new GateError(`W5: ${role} holds ${held} milli-cpus, not ${milli}`);
  }
  for (const agentId of agents) {
    if (view.isOvercommitted(agentId)) throw new GateError(`W5: ${agentId} is overcommitted`);
  }
}
