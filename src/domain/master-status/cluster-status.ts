import type { MesosClusterStatus } from "../../api/crd/v1alpha1/mesos-cluster/status.ts";
import type { Entry } from "../admission/book/entry.ts";
import type { Framework, MasterState } from "../mesos/master-state.ts";
import { isConnected } from "../mesos/master-state.ts";
import type { ConfiguredRole } from "../mesos/views/legacy-roles.ts";
import type { Quantities } from "../resources/quantity.ts";
import type { RoleUse, Sums } from "./pool-use.ts";
import { addScalars, dominantShare, showSums } from "./pool-use.ts";

/** The leading master's part of a MesosCluster's status; other parts are the operator's. */
export type MasterStatus = Pick<
  MesosClusterStatus,
  "leader" | "term" | "election" | "agents" | "frameworks" | "tasks" | "resources" | "roles"
> &
  Pick<MesosClusterStatus, "admission">;

export interface LeaderFacts {
  readonly pod: string;
  /** host:port as clients reach it. */
  readonly address: string;
  readonly masterId: string;
  readonly electedMs: number;
}

export interface ClusterSeen {
  readonly nowMs: number;
  readonly term: number;
  readonly leader: LeaderFacts;
  /** What this master is elected by. */
  readonly election: NonNullable<MesosClusterStatus["election"]>;
  readonly state: MasterState;
  readonly roles: readonly ConfiguredRole[];
  /** Pods of the pool; empty while admission is off. */
  readonly pods: readonly Pick<Readonly<Entry>, "pod" | "phase" | "waitingSinceMs">[];
}

const ROLES_MAX = 100;
const FRAMEWORKS_MAX = 20;

/** Facts of the engine as they are shown on the object; coarse, computed once. */
export function clusterStatus(seen: ClusterSeen): MasterStatus {
  const { state, leader, term } = seen;
  const total: Sums = new Map();
  for (const agent of state.agents.values()) addScalars(total, agent.total);
  const uses = roleUses(seen);
  return {
    leader: {
      pod: leader.pod,
      address: leader.address,
      id: leader.masterId,
      elected: new Date(leader.electedMs).toISOString().replace(/\.\d+Z$/, "Z"),
    },
    term,
    election: seen.election,
    agents: agentCounts(state),
    frameworks: frameworkCounts(state),
    tasks: taskCounts(state),
    resources: {
      total: showSums(total),
      offered: showSums(sumOf([...uses.values()].map(({ offered }) => offered))),
      allocated: showSums(sumOf([...uses.values()].map(({ allocated }) => allocated))),
      reserved: showSums(reservedOf(state)),
    },
    roles: roleStatuses(seen, uses, total),
    admission: admissionStatus(seen),
  };
}

function agentCounts(state: MasterState): NonNullable<MasterStatus["agents"]> {
  const agents = [...state.agents.values()];
  const drains = agents.map(({ draining }) => draining?.state);
  return {
    registered: agents.length,
    active: agents.filter(
      ({ link, cordoned, deactivatedByOperator, draining }) =>
        link.kind !== "disconnected" &&
        !cordoned &&
        !deactivatedByOperator &&
        draining === undefined,
    ).length,
    draining: drains.filter((drain) => drain === "DRAINING").length,
    drained: drains.filter((drain) => drain === "DRAINED").length,
    deactivated: agents.filter((agent) => agent.deactivatedByOperator).length,
    unreachable: state.unreachable.size,
    gone: state.gone.size,
  };
}

function frameworkCounts(state: MasterState): NonNullable<MasterStatus["frameworks"]> {
  const frameworks = [...state.frameworks.values()];
  const active = frameworks.filter(isConnected).length;
  const top = frameworks.sort((a, b) => b.tasks.size - a.tasks.size || (a.id < b.id ? -1 : 1));
  return {
    active,
    inactive: frameworks.length - active,
    completed: state.completed.size,
    top: top.slice(0, FRAMEWORKS_MAX).map(({ id, info, roles, tasks }) => ({
      id,
      name: info.name.slice(0, 253),
      roles: roles.slice(0, 64),
      tasks: tasks.size,
    })),
  };
}

function taskCounts(state: MasterState): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const framework of state.frameworks.values()) {
    for (const { state: name } of framework.tasks.values()) counts[name] = (counts[name] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function reservedOf(state: MasterState): Sums {
  const reserved: Sums = new Map();
  for (const agent of state.agents.values()) {
    addScalars(
      reserved,
      agent.total.filter(({ reservations }) => reservations.length > 0),
    );
  }
  return reserved;
}

function roleUses({ state, roles, pods }: ClusterSeen): ReadonlyMap<string, RoleUse> {
  const uses = new Map<string, RoleUse>();
  const of = (role: string): RoleUse => {
    const known = uses.get(role) ?? { allocated: new Map(), offered: new Map(), waitingPods: 0 };
    uses.set(role, known);
    return known;
  };
  for (const { name } of roles) of(name);
  for (const framework of state.frameworks.values()) addFramework(framework, of);
  for (const offer of state.offers.values()) addScalars(of(offer.role).offered, offer.resources);
  for (const { role, resources } of state.pods.all()) addScalars(of(role).allocated, resources);
  for (const { pod, phase } of pods) {
    if (phase.kind === "held" || phase.kind === "waiting") of(pod.role).waitingPods += 1;
  }
  return uses;
}

function addFramework(framework: Framework, of: (role: string) => RoleUse): void {
  for (const role of framework.roles) of(role);
  for (const task of framework.tasks.values()) {
    if (task.charged) addScalars(of(task.role).allocated, task.resources);
  }
  for (const executors of framework.executors.values()) {
    for (const { role, resources } of executors.values()) addScalars(of(role).allocated, resources);
  }
}

function sumOf(parts: readonly Sums[]): Sums {
  const sum: Sums = new Map();
  for (const part of parts) {
    for (const [name, milli] of part) sum.set(name, (sum.get(name) ?? 0) + milli);
  }
  return sum;
}

const shown = (quantities: Quantities | undefined): Readonly<Record<string, string>> =>
  showSums(new Map(Object.entries(quantities ?? {})));

/** Roles that do something come first where not all can be shown. */
function roleStatuses(
  { roles }: ClusterSeen,
  uses: ReadonlyMap<string, RoleUse>,
  total: Sums,
): NonNullable<MasterStatus["roles"]> {
  const configured = new Map(roles.map((role) => [role.name, role]));
  const statuses = [...uses].map(([name, use]) => {
    const { weight = 1, guaranteesMilli, limitsMilli } = configured.get(name) ?? {};
    return {
      name,
      weight: String(weight),
      guarantee: shown(guaranteesMilli),
      limit: shown(limitsMilli),
      allocated: showSums(use.allocated),
      offered: showSums(use.offered),
      dominantShare: dominantShare(use, total, weight),
      waitingPods: use.waitingPods,
    };
  });
  const busy = (role: (typeof statuses)[number]): number =>
    Number(role.dominantShare) + (role.waitingPods > 0 ? 1 : 0);
  return statuses
    .sort((a, b) => busy(b) - busy(a) || (a.name < b.name ? -1 : 1))
    .slice(0, ROLES_MAX)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function admissionStatus({ pods, nowMs }: ClusterSeen): NonNullable<MasterStatus["admission"]> {
  const waiting = pods.filter(({ phase }) => phase.kind === "held" || phase.kind === "waiting");
  const oldestMs = Math.max(0, ...waiting.map(({ waitingSinceMs }) => nowMs - waitingSinceMs));
  return {
    waiting: waiting.length,
    admitted: pods.length - waiting.length,
    oldestWait:
      oldestMs <= 1000
        ? "<=1s"
        : oldestMs <= 10_000
          ? "<=10s"
          : oldestMs <= 60_000
            ? "<=60s"
            : ">60s",
  };
}
