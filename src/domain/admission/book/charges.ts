import type { AgentId } from "../../../api/ids/ids.ts";
import type { AgentTable } from "../rules/agent-table.ts";
import type { WaitingPod } from "../../allocator/pods/waiting-pod.ts";
import { containsResources } from "../../resources/arithmetic.ts";
import { needsPin } from "../pool-pod.ts";
import { hasRoom } from "../explain/refusal.ts";
import { groupFields } from "./group-spread.ts";
import type { Resources } from "../../resources/resource.ts";
import { CountedPods } from "./counted-pods.ts";
import type { Entry } from "./entry.ts";
import type { PageStore } from "./page-store.ts";
import { waitingPod } from "./waiting-pod.ts";
import { countKey } from "./waiting-roles.ts";

/** Let through the gate, bound to no node yet and free to go to any. */
function isTentative({ phase, pod }: Entry): boolean {
  return (phase.kind === "admitted" || phase.kind === "patching") && !needsPin(pod);
}

/** What could be given on an agent now; nothing where nothing may be. */
export type FreeOn = (agentId: AgentId) => Resources;

/** Where pods are charged, and which of them the constraints of their app count. */
export class Charges {
  readonly #pages: PageStore;
  readonly #agents: AgentTable;
  readonly #freeOn: FreeOn;
  /** By `countKey`. */
  readonly #counted = new Map<string, CountedPods>();
  /** The agent of a better group that was found last: most often it still is one. */
  readonly #better = new WeakMap<CountedPods, AgentId>();
  /** Keys of which the count changed since it was announced. */
  readonly #changed = new Set<string>();

  constructor(pages: PageStore, agents: AgentTable, freeOn: FreeOn) {
    this.#pages = pages;
    this.#agents = agents;
    this.#freeOn = freeOn;
  }

  /**
   * The pod is on that agent, or bound for it: charged there and nowhere else. An unknown agent charges when it comes; until
   * then the charge stays where it is.
   */
  charge(entry: Entry, agentId: AgentId): void {
    const left = entry.chargedOn;
    if (this.#agents.hasAgent(agentId) && left !== agentId) {
      this.#place(entry, agentId);
      if (left !== undefined) this.#swap(entry, agentId, left);
    }
    this.count(entry, agentId);
    this.announceChanges();
  }

  /**
   * The scheduler chose another agent than the tentative one: it fills with other pods the room that was booked there for
   * those still on their way. One of them takes over the room left behind, so that no agent looks overfull while another
   * looks free and lets in more than there is room for.
   */
  #swap(moved: Entry, to: AgentId, left: AgentId): void {
    let best: Entry | undefined;
    for (const other of this.#pages.chargedOn(to)) {
      if (other === moved || !isTentative(other)) continue;
      if (!containsResources(moved.pod.request, other.pod.request)) continue;
      if (best !== undefined && !containsResources(other.pod.request, best.pod.request)) continue;
      if (this.canRunOn(other, left)) best = other;
    }
    if (best !== undefined) this.#place(best, left);
  }

  #place(entry: Entry, agentId: AgentId): void {
    this.#pages.setCharged(entry, agentId);
    this.#pages.tell({ kind: "podPlaced", pod: this.waitingPod(entry), agentId });
  }

  /** The allocator forgets the pod: neither queued nor charged. */
  release(entry: Entry): void {
    this.#pages.setCharged(entry, undefined);
    this.#pages.tell({ kind: "podGone", podUid: entry.pod.uid });
  }

  /** To be followed by `announceChanges`, once for all that are counted together. */
  count(entry: Entry, agentId: AgentId): void {
    if (this.#countedOf(entry, true)?.put(entry.pod.uid, agentId)) {
      this.#changed.add(countKey(entry));
    }
  }

  discount(entry: Entry): void {
    const counted = this.#countedOf(entry, false);
    if (counted?.remove(entry.pod.uid)) this.#changed.add(countKey(entry));
    this.announceChanges();
    if (counted?.size === 0) this.#counted.delete(countKey(entry));
  }

  /** Constraints answer otherwise where the count of their app and version changed: the queues of those pods are looked at again. */
  announceChanges(): void {
    if (this.#changed.size === 0) return;
    const roles = new Set<string>();
    for (const key of this.#changed) {
      for (const role of this.#pages.rolesWaiting(key)) roles.add(role);
    }
    this.#changed.clear();
    for (const role of roles) this.#pages.tell({ kind: "podRulesChanged", role });
  }

  /** Whether node rules and constraints allow the agent, `admittedInRun` being taken by pods of the same app besides. */
  canRunOn(
    entry: Readonly<Entry>,
    agentId: AgentId,
    admittedInRun: readonly AgentId[] = [],
  ): boolean {
    const { rules, constraints } = entry.pod;
    if (this.#agents.refusal(entry.rulesKey, rules, agentId) !== undefined) return false;
    if (constraints.length === 0) return true;
    const counted = this.#countedOf(entry, true) ?? new CountedPods(this.#agents);
    if (!counted.accepts(constraints, agentId, admittedInRun)) return false;
    return this.#isBestGroup(entry, agentId, counted, admittedInRun);
  }

  /**
   * GROUP_BY spreads over what there is: an agent is passed over while another that could take the pod has fewer of the
   * app's pods. The allocator comes to agents in its own order, so each is asked whether it is one of the best.
   */
  #isBestGroup(
    entry: Readonly<Entry>,
    agentId: AgentId,
    counted: CountedPods,
    admittedInRun: readonly AgentId[],
  ): boolean {
    const fields = groupFields(entry.pod);
    if (fields.size === 0) return true;
    const rank = counted.rank(fields, agentId, admittedInRun);
    if (rank === 0) return true;
    const isBetter = (other: AgentId): boolean =>
      counted.rank(fields, other, admittedInRun) < rank &&
      this.#agents.refusal(entry.rulesKey, entry.pod.rules, other) === undefined &&
      counted.accepts(entry.pod.constraints, other, admittedInRun) &&
      hasRoom(entry.pod, this.#freeOn(other));
    const known = this.#better.get(counted);
    if (known !== undefined && isBetter(known)) return false;
    for (const { agentId: other } of this.#agents.agents()) {
      if (!isBetter(other)) continue;
      this.#better.set(counted, other);
      return false;
    }
    return true;
  }

  waitingPod(entry: Entry): WaitingPod {
    return waitingPod(entry.pod, {
      canRunOn: (agentId, admittedInRun) => this.canRunOn(entry, agentId, admittedInRun),
      placeKey: () => entry.placeKey,
    });
  }

  #countedOf(entry: Readonly<Entry>, make: boolean): CountedPods | undefined {
    if (entry.pod.appKey === undefined || entry.pod.constraints.length === 0) return undefined;
    const known = this.#counted.get(countKey(entry));
    if (known !== undefined || !make) return known;
    const fresh = new CountedPods(this.#agents);
    this.#counted.set(countKey(entry), fresh);
    return fresh;
  }
}
