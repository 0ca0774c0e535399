import type { AgentId, KubeUid } from "../../../api/ids/ids.ts";
import type { Agent, Task } from "../../../domain/mesos/master-state.ts";
import { type LendingAgent, type Loan, planReclaim } from "../../../domain/mesos/plan-reclaim.ts";
import {
  minusQuantities,
  sumQuantities,
  type Quantities,
} from "../../../domain/resources/quantity.ts";
import type { Resources } from "../../../domain/resources/resource.ts";
import { isOfferable } from "./agent-offering.ts";
import type { EngineContext } from "./context.ts";
import { askKill } from "./kills.ts";
import { isLoan } from "./lent-room.ts";
import { rescindOffer } from "./offers.ts";
import type { Borrower } from "./reclaims.ts";

/** A pod within its limits waits so long before loans are taken back for it. */
const POD_WAIT_MS = 5_000;
/** Of the pool, in one minute. */
const BUDGET_SHARE = 0.1;
/** At once; the next tick goes on. */
const VICTIMS_MAX = 100;
const BUDGET_NAMES = ["cpus", "mem"];

/**
 * Takes back room that was lent beyond limits when a guarantee or a waiting pod needs it: first what is only offered, then what
 * tasks and pods use, which end as preempted.
 */
export function reclaimLoans(context: EngineContext): void {
  const { reclaims, nowMs } = context;
  const { view } = context.allocator;
  reclaims.forgetOld(nowMs);
  tell(context, reclaims.toAskAgain(nowMs));
  if (!view.isAnyLent) return;
  const missing = view.missingGuarantees();
  const pods = view.heldUpPods(POD_WAIT_MS);
  if (Object.keys(missing).length === 0 && pods.length === 0) return;
  if (rescindLentOffers(context)) return;
  const budget = budgetLeft(context);
  const isFirst = reclaims.isEmpty;
  if (!isFirst && Object.values(budget).every((milli) => milli === 0)) return;
  const underWay = reclaims.underWay();
  const victims = planReclaim({
    agents: lendingAgents(context, underWay),
    missing: minusQuantities(missing, sumQuantities(underWay.values())),
    pods: pods.map(({ request, canRunOn }) => ({
      request: scalarsOf(request, false),
      mayRunOn: (agentId) => canRunOn?.(agentId, []) ?? true,
    })),
    budget,
    isFirst,
    victimsMax: VICTIMS_MAX,
  });
  for (const { borrower, ...reclaim } of victims) {
    reclaims.note(borrower, { ...reclaim, atMs: nowMs });
    context.counters.add("orchestrator/loans_reclaimed");
  }
  tell(
    context,
    victims.map(({ borrower }) => borrower),
  );
}

/** Has them end. */
function tell(context: EngineContext, borrowers: readonly Borrower[]): void {
  const podUids: KubeUid[] = [];
  for (const borrower of borrowers) {
    if (typeof borrower === "string") podUids.push(borrower);
    else preempt(context, borrower);
  }
  if (podUids.length > 0)
    context.effects.push({ kind: "evictPods", podUids, reason: "LoanReclaimed" });
}

interface Victim {
  readonly borrower: Borrower;
  readonly agentId: AgentId;
  readonly amounts: Quantities;
}

function preempt(context: EngineContext, task: Task): void {
  askKill(context, task.agentId, {
    frameworkId: task.frameworkId,
    taskId: task.id,
    killPolicy: undefined,
    isPreempted: true,
  });
}

/** True when there were any: the room is free at once, the next tick sees whether it is enough. */
function rescindLentOffers(context: EngineContext): boolean {
  let isAny = false;
  for (const offer of [...context.state.offers.values()]) {
    const isLent = offer.resources.some(isLoan) && isLending(context, offer.agent.id);
    if (!isLent) continue;
    rescindOffer(context, offer);
    isAny = true;
  }
  return isAny;
}

function isLending(context: EngineContext, agentId: AgentId): boolean {
  return Object.keys(context.allocator.view.lentOn(agentId)).length > 0;
}

/** Agents with loans that may be taken back; what is being taken back counts as free there. */
function lendingAgents(
  context: EngineContext,
  underWay: ReadonlyMap<AgentId, Quantities>,
): LendingAgent<Victim>[] {
  const lending: LendingAgent<Victim>[] = [];
  for (const agent of context.state.agents.values()) {
    // What comes back where nothing may be offered helps nobody.
    if (!isOfferable(agent) || !isLending(context, agent.id)) continue;
    const free = scalarsOf(context.allocator.view.free(agent.id), false);
    lending.push({
      agentId: agent.id,
      free: sumQuantities([free, underWay.get(agent.id) ?? {}]),
      loans: loansOn(context, agent),
    });
  }
  return lending;
}

function loansOn({ state, reclaims }: EngineContext, agent: Agent): Loan<Victim>[] {
  const loans: Loan<Victim>[] = [];
  const add = (borrower: Borrower, resources: Resources, sinceMs: number): void => {
    if (reclaims.has(borrower) || !resources.some(isLoan)) return;
    const amounts = scalarsOf(resources, true);
    loans.push({ user: { borrower, agentId: agent.id, amounts }, sinceMs, amounts });
  };
  for (const task of agent.tasks) {
    if (task.charged) add(task, task.resources, (task.statuses[0]?.timestamp ?? 0) * 1000);
  }
  for (const { podUid, resources, sinceMs } of state.pods.onAgent(agent.id)) {
    add(podUid, resources, sinceMs);
  }
  // Agents' clocks tell times; of equal ones those that came last are the newest.
  return loans.reverse();
}

function budgetLeft({ allocator, reclaims }: EngineContext): Quantities {
  const totals = allocator.view.totals();
  const taken = reclaims.taken();
  return Object.fromEntries(
    BUDGET_NAMES.map((name) => [
      name,
      Math.max(0, Math.floor((totals[name] ?? 0) * BUDGET_SHARE) - (taken[name] ?? 0)),
    ]),
  );
}

/** Unreserved scalars by name: the revocable ones, or the others. */
function scalarsOf(resources: Resources, revocable: boolean): Quantities {
  const sums: Record<string, number> = {};
  for (const item of resources) {
    if (item.kind !== "scalar" || item.reservations.length > 0) continue;
    if ((item.revocable === true) !== revocable) continue;
    sums[item.name] = (sums[item.name] ?? 0) + item.milli;
  }
  return sums;
}
