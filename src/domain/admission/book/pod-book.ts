import type { AgentId, KubeUid } from "../../../api/ids/ids.ts";
import { assertNever } from "../../../api/invariant.ts";
import type { GatedPod, RuledNode } from "../kube-view.ts";
import type { ReadPod } from "../pool-pod.ts";
import { readPoolPod } from "../pool-pod.ts";
import type { PoolAgent } from "../rules/agent-table.ts";
import { AgentTable } from "../rules/agent-table.ts";
import type { AdmissionRules } from "./admission-rules.ts";
import { NO_RESOURCES } from "../../resources/arithmetic.ts";
import { Charges, type FreeOn } from "./charges.ts";
import type { PatchOutcome, PodEffect } from "./effects.ts";
import type { Entry, EntryPhase } from "./entry.ts";
import { isGated } from "./entry.ts";
import { groupFields, SPREAD_AGAIN_MS } from "./group-spread.ts";
import { GateQueue } from "./gate-queue.ts";
import type { PodInput } from "./inputs.ts";
import { LaunchLimits } from "./launch-limits.ts";
import { PageStore } from "./page-store.ts";
import { Patches } from "./patches.ts";
import { isOlderVersion } from "./resource-version.ts";

const UNBOUND_AFTER_MS = 60_000;

/**
 * Every pod of the pool from its first sight to its end: what the allocator knows of it, where it is charged, what is
 * being patched. Keyed by uid, so that a pod counts once however often it is reported.
 *
 *     held ⇄ waiting → patching → admitted → placed → over
 *              ↑____________|  stale, refused
 */
export class PodBook {
  readonly #agents = new AgentTable();
  readonly #limits = new LaunchLimits();
  readonly #pages = new PageStore();
  readonly #charges: Charges;
  readonly #patches: Patches;
  readonly #queue: GateQueue;

  /** @param freeOn what could be given on an agent now; asked only for apps that spread over groups. */
  constructor(rules: AdmissionRules, freeOn: FreeOn = () => NO_RESOURCES) {
    this.#charges = new Charges(this.#pages, this.#agents, freeOn);
    this.#patches = new Patches(this.#pages, this.#charges, this.#limits, this.#agents);
    this.#queue = new GateQueue(this.#pages, this.#charges, this.#limits, rules);
  }

  /** One input after the other, each with its time. The effects are carried out in order before the next input. */
  advance(input: PodInput, nowMs: number): readonly PodEffect[] {
    this.#take(input, nowMs);
    return this.#pages.takeEffects();
  }

  /** When `timePassed` is due; absent = nothing waits for time. */
  nextDueMs(): number | undefined {
    return this.#pages.nextDueMs === Infinity ? undefined : this.#pages.nextDueMs;
  }

  get agents(): AgentTable {
    return this.#agents;
  }

  entries(): readonly Readonly<Entry>[] {
    return this.#pages.all();
  }

  entriesOfApp(appKey: string): readonly Readonly<Entry>[] {
    return this.#pages.ofApp(appKey);
  }

  canRunOn(entry: Readonly<Entry>, agentId: AgentId): boolean {
    return this.#charges.canRunOn(entry, agentId);
  }

  /** Until when the app's pods wait after failures; absent = they need not. */
  delayUntilMs(appKey: string, nowMs: number): number | undefined {
    const { heldBy, nextMs } = this.#limits.allowance(appKey, nowMs);
    return heldBy === "delay" ? nextMs : undefined;
  }

  #take(input: PodInput, nowMs: number): void {
    switch (input.kind) {
      case "podSeen":
        this.#podSeen(input.object, input.isInitial, nowMs);
        break;
      case "podDeleted":
        this.#forget(this.#pages.get(input.uid), nowMs);
        break;
      case "agentKnown":
        this.#agentKnown(input.agent);
        break;
      case "agentGone":
        this.#agentGone(input.agentId);
        break;
      case "nodeSeen":
        this.#nodeSeen(input.node);
        break;
      case "nodeGone":
        this.#nodeGone(input.name);
        break;
      case "appSeen":
        this.#limits.put(input.appKey, input.rules);
        this.#queue.regulate(input.appKey, nowMs);
        break;
      case "appGone":
        this.#limits.remove(input.appKey);
        this.#queue.regulate(input.appKey, nowMs);
        break;
      case "decided":
        for (const admission of input.admissions) {
          const entry = this.#pages.get(admission.podUid);
          this.#patches.start(entry, admission, input.term, nowMs);
        }
        break;
      case "patchEnded":
        this.#patchEnded(input.uid, input.outcome, input.fresh, nowMs);
        break;
      case "rulesChanged":
        this.#rulesChanged(input.rules, nowMs);
        break;
      case "timePassed":
        this.#timePassed(nowMs);
        break;
      default:
        assertNever(input);
    }
  }

  #podSeen(object: GatedPod, isInitial: boolean, nowMs: number): void {
    const read = readPoolPod(object, this.#queue.rules);
    if (read.kind === "outside") return;
    const { pod } = read;
    const known = this.#pages.get(pod.uid);
    const version = object.metadata.resourceVersion;
    if (known !== undefined && isOlderVersion(version, known.pod.object.metadata.resourceVersion)) {
      return;
    }
    if (pod.state.kind === "over") {
      this.#forget(known, nowMs);
      return;
    }
    const entry = known ?? this.#pages.enter(pod, nowMs);
    this.#read(entry, read);
    this.#settle(entry, isInitial && known === undefined, nowMs);
  }

  #read(entry: Entry, read: Exclude<ReadPod, { kind: "outside" }>): void {
    entry.pod = read.pod;
    if (read.kind === "faulty") entry.fault = read.fault;
    else delete entry.fault;
  }

  /** Brings the entry to where the pod's own state says it is. */
  #settle(entry: Entry, isInitial: boolean, nowMs: number): void {
    const { state } = entry.pod;
    switch (state.kind) {
      case "waiting":
        this.#queue.settle(entry, nowMs);
        break;
      case "admitted":
        this.#settleAdmitted(entry, state.agentId, nowMs);
        break;
      case "placed":
        this.#settlePlaced(entry, state, isInitial);
        break;
      case "over":
        this.#forget(entry, nowMs);
        break;
      default:
        assertNever(state);
    }
  }

  #settleAdmitted(entry: Entry, agentId: AgentId | undefined, nowMs: number): void {
    const { phase } = entry;
    if (phase.kind === "patching") this.#patches.leave();
    if (phase.kind === "waiting") this.#charges.release(entry);
    if (phase.kind !== "admitted") {
      const where = agentId === undefined ? {} : { agentId };
      entry.phase = { kind: "admitted", ...where, sinceMs: nowMs };
      entry.refusals = 0;
      this.#pages.setPlace(entry, agentId === undefined ? undefined : `agent ${agentId}`);
      this.#pages.due(nowMs + UNBOUND_AFTER_MS);
    }
    // Charged already: where the annotation says, or where room was left for it since.
    if (agentId !== undefined && entry.chargedOn === undefined) {
      this.#charges.charge(entry, agentId);
    }
  }

  #settlePlaced(
    entry: Entry,
    state: { readonly nodeName: string; readonly isAdmitted: boolean },
    isInitial: boolean,
  ): void {
    const { phase } = entry;
    if (phase.kind === "patching") this.#patches.leave();
    entry.phase = { kind: "placed", nodeName: state.nodeName };
    this.#pages.setPlace(entry, `node ${state.nodeName}`);
    const agentId = this.#agents.agentOn(state.nodeName);
    if (agentId !== undefined) this.#charges.charge(entry, agentId);
    else if (phase.kind === "waiting" || entry.chargedOn !== undefined)
      this.#charges.release(entry);
    if (!state.isAdmitted && phase.kind !== "placed" && !isInitial) {
      const where = `bound to ${state.nodeName} without the gate being opened by us`;
      this.#pages.note(entry, "AdoptedWithoutAdmission", `${where}; charged there`);
    }
  }

  #forget(entry: Entry | undefined, nowMs: number): void {
    if (entry === undefined) return;
    const { phase, pod } = entry;
    if (phase.kind === "waiting" || entry.chargedOn !== undefined) this.#charges.release(entry);
    if (phase.kind === "patching") this.#patches.leave();
    this.#pages.drop(entry);
    this.#charges.discount(entry);
    if (pod.appKey !== undefined && this.#limits.isRated(pod.appKey)) {
      this.#queue.regulate(pod.appKey, nowMs);
    }
  }

  #patchEnded(
    uid: KubeUid,
    outcome: PatchOutcome,
    fresh: GatedPod | undefined,
    nowMs: number,
  ): void {
    const entry = this.#pages.get(uid);
    if (entry === undefined) return;
    switch (outcome.kind) {
      case "admitted":
        if (fresh !== undefined) this.#podSeen(fresh, false, nowMs);
        break;
      case "gone":
        this.#forget(entry, nowMs);
        break;
      case "stale":
        this.#decideAgain(entry, fresh, nowMs);
        break;
      case "refused":
        if (entry.phase.kind !== "patching") return;
        this.#patches.undo(entry);
        this.#pages.note(entry, "AdmissionRefused", outcome.message, true);
        this.#patches.holdBack(entry, nowMs);
        break;
      default:
        assertNever(outcome);
    }
  }

  /** The patch did not happen, or its answer was lost: what the pod is now decides. */
  #decideAgain(entry: Entry, fresh: GatedPod | undefined, nowMs: number): void {
    if (fresh === undefined) {
      this.#forget(entry, nowMs);
      return;
    }
    this.#podSeen(fresh, false, nowMs);
    if (entry.phase.kind !== "patching") return;
    this.#patches.undo(entry);
    this.#settle(entry, false, nowMs);
  }

  #agentKnown(agent: PoolAgent): void {
    const { agentId, hostname } = agent;
    this.#agents.putAgent(agent);
    this.#charges.forgetVerdicts();
    const nodeName = this.#agents.nodeOf(agentId)?.metadata.name ?? hostname;
    for (const entry of this.#pages.at(`node ${nodeName}`)) this.#charges.charge(entry, agentId);
    for (const entry of this.#pages.at(`agent ${agentId}`)) {
      if (entry.chargedOn === undefined) this.#charges.charge(entry, agentId);
    }
  }

  /** The allocator dropped the charges with the agent; they come back with it. */
  #agentGone(agentId: AgentId): void {
    this.#agents.removeAgent(agentId);
    this.#charges.forgetVerdicts();
    this.#pages.dropCharges(agentId);
  }

  #nodeSeen(node: RuledNode): void {
    const { name } = node.metadata;
    if (!this.#agents.putNode(node)) return;
    const agentId = this.#agents.agentOn(name);
    if (agentId === undefined) return;
    this.#charges.forgetVerdicts();
    for (const entry of this.#pages.at(`node ${name}`)) this.#charges.charge(entry, agentId);
    this.#pages.tell({ kind: "agentUpdated", agentId });
  }

  #nodeGone(name: string): void {
    this.#agents.removeNode(name);
    this.#charges.forgetVerdicts();
  }

  #rulesChanged(rules: AdmissionRules, nowMs: number): void {
    this.#queue.rules = rules;
    for (const entry of this.#pages.all()) {
      const read = readPoolPod(entry.pod.object, rules);
      if (read.kind === "outside") continue;
      const isMoved = read.pod.role !== entry.pod.role && entry.phase.kind === "waiting";
      if (isMoved) {
        this.#charges.release(entry);
        entry.phase = { kind: "held", reason: "disabled" };
      }
      this.#read(entry, read);
      this.#queue.settle(entry, nowMs);
    }
  }

  #timePassed(nowMs: number): void {
    if (nowMs < this.#pages.nextDueMs) return;
    this.#pages.clearDue();
    const regulated = new Set<string>();
    for (const entry of this.#pages.all()) {
      if (entry.phase.kind === "admitted") this.#checkBound(entry, entry.phase, nowMs);
      if (!isGated(entry)) continue;
      this.#checkTimeout(entry, nowMs);
      this.#checkSpread(entry, nowMs);
      const { appKey } = entry.pod;
      if (appKey === undefined) this.#queue.settle(entry, nowMs);
      else if (!regulated.has(appKey)) {
        regulated.add(appKey);
        this.#queue.regulate(appKey, nowMs);
      }
    }
  }

  /** The best group may be full by now, which nobody tells: queues of apps that spread are looked at again. */
  #checkSpread(entry: Entry, nowMs: number): void {
    if (entry.phase.kind !== "waiting" || groupFields(entry.pod).length === 0) return;
    this.#pages.tell({ kind: "podWaiting", pod: this.#charges.waitingPod(entry) });
    this.#pages.due(nowMs + SPREAD_AGAIN_MS);
  }

  #checkBound(entry: Entry, { sinceMs }: EntryPhase & { kind: "admitted" }, nowMs: number): void {
    if (entry.noted.has("AdmittedButUnbound")) return;
    const dueMs = sinceMs + UNBOUND_AFTER_MS;
    if (nowMs < dueMs) {
      this.#pages.due(dueMs);
      return;
    }
    const why = "the gate was opened 60 s ago and no node was found; see the scheduler's events";
    this.#pages.note(entry, "AdmittedButUnbound", why);
  }

  #checkTimeout(entry: Entry, nowMs: number): void {
    const { gateTimeoutMs } = this.#queue.rules;
    if (gateTimeoutMs === 0 || entry.noted.has("AdmissionTimeout")) return;
    const dueMs = entry.waitingSinceMs + gateTimeoutMs;
    if (nowMs < dueMs) {
      this.#pages.due(dueMs);
      return;
    }
    const why = `waiting for longer than gateTimeoutSeconds (${gateTimeoutMs / 1000} s)`;
    this.#pages.note(entry, "AdmissionTimeout", why);
  }
}
