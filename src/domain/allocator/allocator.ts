import { assertNever } from "../../api/invariant.ts";
import { AllocatorCore } from "./allocator-core.ts";
import type { AllocatorEvent, Decision, Outcome } from "./events.ts";
import * as agents from "./handle-agents.ts";
import * as frameworks from "./handle-frameworks.ts";
import * as pods from "./handle-pods.ts";
import * as principals from "./handle-principals.ts";
import * as quota from "./handle-quota.ts";
import type { AllocatorOptions } from "./options.ts";
import { endFilters, runsOf, type RunResult } from "./run/allocation-run.ts";
import { triggerOf } from "./trigger.ts";
import { AllocatorView } from "./view/allocator-view.ts";

const APPLIED: Outcome = { kind: "applied" };

/**
 * Hierarchical weighted DRF with quota, reservations, filters and offer constraints.
 *
 * Synchronous and deterministic: the same options and events give the same decisions. Time comes with
 * each event and must not go back. In trigger mode `event` call again with `run` when
 * `Decision.nextDueMs` has come; in mode `interval` with `tick` every interval.
 *
 * @see mesos@1.11 src/master/allocator/mesos/hierarchical.cpp
 */
export class Allocator {
  readonly #core: AllocatorCore;
  readonly #options: AllocatorOptions;
  /** Read-only questions about the state: shares, quota, filters, explanations. */
  readonly view: AllocatorView;
  /** Since when something is dirty (mode `event`). */
  #dirtySinceMs: number | undefined;
  #nowMs = Number.NEGATIVE_INFINITY;

  constructor(options: AllocatorOptions) {
    this.#options = options;
    this.#core = new AllocatorCore(options);
    this.view = new AllocatorView(this.#core, () => this.#nowMs);
  }

  /**
   * Tells one event and gives what follows from it.
   *
   * @throws {InvariantError} when the event breaks an invariant: a programmer's error, do not go on.
   */
  apply(event: AllocatorEvent, nowMs: number): Decision {
    const { outcome, result } = this.decide(event, nowMs);
    const nextDueMs = this.#nextDueMs();
    return {
      outcome,
      runs: result === undefined ? 0 : 1,
      grants: result?.batch.materialise() ?? [],
      inverseOffers: result?.inverseOffers ?? [],
      admissions: result?.admissions ?? [],
      ...(nextDueMs === undefined ? {} : { nextDueMs }),
    };
  }

  /** Like `apply`, with the grants left in columns; good until the next event. */
  decide(
    event: AllocatorEvent,
    nowMs: number,
  ): { readonly outcome: Outcome; readonly result: RunResult | undefined } {
    // Nothing becomes due between two events of one moment.
    if (nowMs !== this.#nowMs) this.#passTime(nowMs);
    this.#nowMs = nowMs;
    const handled = this.#handle(event, nowMs);
    const outcome = handled === "same" ? APPLIED : handled;
    const result = this.#runFor(event, handled, nowMs);
    this.#core.held.update(nowMs);
    const { dirty } = this.#core.state;
    if (dirty.isEmpty) this.#dirtySinceMs = undefined;
    else this.#dirtySinceMs ??= nowMs;
    return { outcome, result };
  }

  #mayRun(nowMs: number): boolean {
    const { agents: table, quota: ledger } = this.#core.state;
    return this.#core.gate.isOpen(table.count, ledger.quotas.size > 0, nowMs);
  }

  #runFor(event: AllocatorEvent, handled: Outcome | "same", nowMs: number): RunResult | undefined {
    const { state, run } = this.#core;
    if (this.#options.trigger === "interval") {
      state.dirty.clear();
      if (handled === "same" || handled.kind !== "applied") return undefined;
      const trigger = triggerOf(event);
      if (trigger === "none" || !this.#mayRun(nowMs)) return undefined;
      if (trigger === "all") return run.execute(undefined, nowMs);
      const agent = state.agents.find(trigger.agentId);
      return run.execute(agent === undefined ? [] : [agent], nowMs);
    }
    const isDue = event.kind === "run" || event.kind === "tick";
    if (!isDue || state.dirty.isEmpty || !this.#mayRun(nowMs)) return undefined;
    const candidates = this.#dirtyAgents();
    state.dirty.clear();
    return run.execute(candidates, nowMs);
  }

  /** Agents that a changed leaf may have are found by its class mask. */
  #dirtyAgents(): number[] {
    const { dirty, agents: table, masks } = this.#core.state;
    const leaves = dirty.leaves();
    if (leaves.length === 0) return dirty.agents();
    const isClassDirty = masks.classesOf(leaves);
    const chosen: number[] = [];
    for (let agent = 0; agent < table.size; agent += 1) {
      const isOpened =
        table.isOfferable[agent] === 1 && isClassDirty[table.classOf[agent] as number] === 1;
      if (isOpened || dirty.hasAgent(agent)) chosen.push(agent);
    }
    return chosen;
  }

  #passTime(nowMs: number): void {
    const { state, inverse } = this.#core;
    endFilters(
      state,
      state.filters.endDue(nowMs, (agent) => runsOf(state, agent)),
    );
    for (const agent of inverse.dueAgents(nowMs)) state.dirty.markAgent(agent);
  }

  #nextDueMs(): number | undefined {
    const due: number[] = [];
    const { filters } = this.#core.state;
    if (this.#dirtySinceMs !== undefined && this.#options.trigger === "event") {
      due.push(this.#dirtySinceMs + this.#options.coalesceMs);
    }
    const { inverse, gate, held } = this.#core;
    for (const next of [filters.nextDueMs, inverse.nextDueMs, gate.dueMs, held.nextDueMs]) {
      if (next !== undefined) due.push(next);
    }
    return due.length === 0 ? undefined : Math.min(...due);
  }

  /** Applies the event; "same" = it told nothing new. */
  #handle(event: AllocatorEvent, nowMs: number): Outcome | "same" {
    const core = this.#core;
    switch (event.kind) {
      case "agentAdded":
        return agents.addAgent(core, event);
      case "agentUpdated":
        return agents.updateAgent(core, event);
      case "agentRemoved":
        return agents.removeAgent(core, event.agentId);
      case "agentGrown":
        return agents.growAgent(core, event);
      case "agentActivated":
        return agents.setAgentActive(core, event.agentId, true);
      case "agentDeactivated":
        return agents.setAgentActive(core, event.agentId, false);
      case "whitelistSet":
        core.setWhitelist(event.hostnames);
        return agents.setWhitelist(core);
      case "frameworkAdded":
        return frameworks.addFramework(core, event);
      case "frameworkActivated":
        return frameworks.setFrameworkActive(core, event.frameworkId, true);
      case "frameworkDeactivated":
        return frameworks.setFrameworkActive(core, event.frameworkId, false);
      case "frameworkRemoved":
        return frameworks.removeFramework(core, event.frameworkId);
      case "frameworkUpdated":
        return frameworks.updateFramework(core, event);
      case "suppressed":
        return frameworks.suppress(core, event);
      case "revived":
        return frameworks.revive(core, event);
      case "demandShown":
        return frameworks.noteDemand(core, event);
      case "recovered":
        return frameworks.recover(core, event, nowMs);
      case "allocationConverted":
        return frameworks.convertAllocation(core, event);
      case "availableConverted":
        return agents.convertAvailable(core, event);
      case "quotaSet":
        return quota.setQuota(core, event);
      case "quotaRemoved":
        return quota.removeQuota(core, event.role);
      case "principalLimitsSet":
        return principals.setPrincipalLimits(core, event);
      case "weightSet":
        return quota.setWeight(core, event.role, event.weight);
      case "maintenanceSet":
        return agents.setMaintenance(core, event);
      case "inverseAnswered":
        return agents.answerInverse(core, event, nowMs);
      case "paused":
        core.gate.pause();
        return APPLIED;
      case "resumed":
        core.gate.resume();
        return APPLIED;
      case "timePassed":
      case "run":
        return APPLIED;
      case "tick":
        endFilters(core.state, core.state.filters.endTick());
        return APPLIED;
      case "podWaiting":
        return pods.podWaiting(core, event);
      case "podRulesChanged":
        return pods.podRulesChanged(core, event);
      case "podGone":
        return pods.podGone(core, event);
      case "podPlaced":
        return pods.podPlaced(core, event);
      case "podAdmissionFailed":
        return pods.podAdmissionFailed(core, event);
      case "agentHeld":
        return pods.holdAgent(core, event);
      case "admissionWindow":
        core.pods.setWindow(event.free);
        return APPLIED;
      default:
        return assertNever(event);
    }
  }
}
