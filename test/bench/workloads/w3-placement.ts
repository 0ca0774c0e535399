import { asId, type AgentId, type KubeUid } from "../../../src/api/ids/ids.ts";
import type { Allocator } from "../../../src/domain/allocator/allocator.ts";
import type { PodAdmission } from "../../../src/domain/allocator/events.ts";
import type { WaitingPod } from "../../../src/domain/allocator/pods/waiting-pod.ts";
import { scalarMilli } from "../../../src/domain/resources/arithmetic.ts";
import { resourcesOf } from "../../../src/domain/resources/parse-resources.ts";
import { GateError, type Bench, type BenchContext, type Grid, type Measurement } from "../bench.ts";
import { Stopwatch } from "../run/measure.ts";
import { buildFleet } from "./allocator-fleet.ts";

interface Point {
  readonly nodes: number;
  readonly tasks: number;
}

/** `admit`: any node will do · `place`: each pod names the half of the nodes that it may run on. */
type Mode = "admit" | "place";

const POINTS: Record<Grid, readonly Point[]> = {
  smoke: [{ nodes: 500, tasks: 1_000 }],
  standard: [
    { nodes: 5_000, tasks: 10_000 },
    { nodes: 10_000, tasks: 50_000 },
  ],
  full: [
    { nodes: 5_000, tasks: 10_000 },
    { nodes: 5_000, tasks: 50_000 },
    { nodes: 10_000, tasks: 50_000 },
    { nodes: 10_000, tasks: 100_000 },
  ],
};
const MODES: readonly Mode[] = ["admit", "place"];
const QUEUES = ["queue-0", "queue-1"] as const;
const UNIT = resourcesOf("cpus:1;mem:128");
const CPUS_PER_NODE = 24;

/** The built-in framework places one-unit tasks of two queues; no patches, no API server. */
export const placement: Bench = {
  id: "W3",
  about: "placement",
  run(context) {
    return POINTS[context.grid].flatMap((point) =>
      MODES.map((mode) => place(point, mode, context)),
    );
  },
};

function place(point: Point, mode: Mode, { grid, seed }: BenchContext): Measurement {
  const rounds = grid === "full" ? 5 : 2;
  const watch = new Stopwatch();
  let runs = 0;
  for (let round = 0; round < rounds; round += 1) {
    const fleet = { agents: point.nodes, frameworks: 0, roles: "one" } as const;
    const { allocator } = buildFleet(fleet, seed + round, "event");
    const pods = makePods(point.tasks, mode);
    const admissions = watch.time(() => {
      for (const pod of pods) allocator.decide({ kind: "podWaiting", pod }, 1);
      const made: PodAdmission[] = [];
      for (runs = 1; ; runs += 1) {
        const { result } = allocator.decide({ kind: "run" }, 1);
        made.push(...(result?.admissions ?? []));
        if (made.length >= point.tasks || (result?.admissions.length ?? 0) === 0) return made;
      }
    });
    checkPlacement(allocator, admissions, point, mode);
  }
  const spread = watch.spread(point.tasks);
  return {
    id: "W3",
    point: `${point.nodes}/${point.tasks}/${mode}`,
    adapter: "engine",
    column: "per task",
    rounds,
    ...spread,
    rate: 1000 / spread.cpuMs.p50,
    equalTo: "counts",
    bar: { specMs: 1, goalMs: 0.01 },
    note: `${Math.round(1000 / spread.cpuMs.p50)}/s of CPU; from waiting to decided, ${runs} runs`,
  };
}

function makePods(tasks: number, mode: Mode): WaitingPod[] {
  return Array.from({ length: tasks }, (_, index) => {
    const half = index % 4 < 2 ? 0 : 1;
    return {
      uid: asId<KubeUid>(`pod-${index}`),
      role: QUEUES[index % 2] as string,
      request: UNIT,
      priority: 0,
      createdMs: index,
      ...(mode === "admit"
        ? {}
        : {
            canRunOn: (agentId: AgentId) => halfOf(agentId) === half,
            placeKey: () => `half-${half}`,
          }),
    };
  });
}

function halfOf(agentId: AgentId): 0 | 1 {
  return Number(agentId.slice(agentId.lastIndexOf("-") + 1)) % 2 === 0 ? 0 : 1;
}

/** Each task once, no node above what it has, what is charged is what was asked for, both queues alike. */
function checkPlacement(
  { view }: Allocator,
  admissions: readonly PodAdmission[],
  { tasks }: Point,
  mode: Mode,
): void {
  const byNode = new Map<AgentId, number>();
  for (const { agentId, podUid } of admissions) {
    byNode.set(agentId, (byNode.get(agentId) ?? 0) + 1);
    const index = Number(podUid.slice("pod-".length));
    if (mode === "place" && halfOf(agentId) !== (index % 4 < 2 ? 0 : 1)) {
      throw new GateError(`W3: ${podUid} was placed on ${agentId}, where it may not run`);
    }
  }
  const placed = new Set(admissions.map(({ podUid }) => podUid)).size;
  if (placed !== tasks || admissions.length !== tasks) {
    throw new GateError(`W3: ${placed} of ${tasks} tasks in ${admissions.length} admissions`);
  }
  for (const [agentId, count] of byNode) {
    const free = scalarMilli(view.free(agentId), "cpus");
    if (free !== (CPUS_PER_NODE - count) * 1000 || free < 0) {
      throw new GateError(`W3: ${agentId} runs ${count} tasks and has ${free} milli-cpus free`);
    }
  }
  const shares = QUEUES.map((role) => view.offeredOrAllocated(role)["cpus"] ?? 0);
  if (shares.some((share) => share !== (tasks / 2) * 1000)) {
    throw new GateError(`W3: the queues hold ${shares.join(" and ")} milli-cpus`);
  }
}
