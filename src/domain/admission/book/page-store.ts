import type { AgentId, KubeUid } from "../../../api/ids/ids.ts";
import type { PoolPod } from "../pool-pod.ts";
import { nodeRulesKey } from "../rules/node-rules.ts";
import type { PodEffect, PodEvent, PodNoteReason } from "./effects.ts";
import { placeKey, type Entry, type EntryPhase } from "./entry.ts";
import { WaitingRoles } from "./waiting-roles.ts";

/** Where a pod says it is, or is bound for; its agent may not be known yet. */
export type Place = `node ${string}` | `agent ${AgentId}`;

/** The entries of the book with their index, and what one input has led to so far. */
export class PageStore {
  readonly #entries = new Map<KubeUid, Entry>();
  readonly #byApp = new Map<string, Set<Entry>>();
  readonly #byAgent = new Map<AgentId, Set<Entry>>();
  readonly #byPlace = new Map<Place, Set<Entry>>();
  readonly #placeOf = new Map<Entry, Place>();
  readonly #waitingRoles = new WaitingRoles();
  #effects: PodEffect[] = [];
  #nextDueMs = Infinity;

  get(uid: KubeUid): Entry | undefined {
    return this.#entries.get(uid);
  }

  /** A copy: the caller may change the store while it walks. */
  all(): readonly Entry[] {
    return [...this.#entries.values()];
  }

  ofApp(appKey: string): readonly Entry[] {
    return [...(this.#byApp.get(appKey) ?? [])];
  }

  /** Entries whose pod is on the node, or was let in for the agent and has no node yet. */
  at(place: Place): readonly Entry[] {
    return [...(this.#byPlace.get(place) ?? [])];
  }

  setPlace(entry: Entry, place: Place | undefined): void {
    const known = this.#placeOf.get(entry);
    if (known === place) return;
    if (known !== undefined) {
      this.#byPlace.get(known)?.delete(entry);
      if (this.#byPlace.get(known)?.size === 0) this.#byPlace.delete(known);
      this.#placeOf.delete(entry);
    }
    if (place === undefined) return;
    const there = this.#byPlace.get(place) ?? new Set();
    this.#byPlace.set(place, there.add(entry));
    this.#placeOf.set(entry, place);
  }

  setPhase(entry: Entry, phase: EntryPhase): void {
    entry.phase = phase;
    this.#waitingRoles.follow(entry);
  }

  /** The pod as it was read again. */
  setPod(entry: Entry, pod: PoolPod): void {
    entry.pod = pod;
    entry.rulesKey = nodeRulesKey(pod.rules);
    entry.placeKey = placeKey(entry.rulesKey, pod);
    this.#waitingRoles.follow(entry);
  }

  /** Roles in which pods wait that count those of the key (`countKey`). */
  rolesWaiting(key: string): Iterable<string> {
    return this.#waitingRoles.of(key);
  }

  /** Entries that the allocator charges on the agent. */
  chargedOn(agentId: AgentId): Iterable<Entry> {
    return this.#byAgent.get(agentId) ?? [];
  }

  setCharged(entry: Entry, agentId: AgentId | undefined): void {
    if (entry.chargedOn !== undefined) this.#byAgent.get(entry.chargedOn)?.delete(entry);
    if (agentId === undefined) {
      delete entry.chargedOn;
      return;
    }
    entry.chargedOn = agentId;
    const there = this.#byAgent.get(agentId) ?? new Set();
    this.#byAgent.set(agentId, there.add(entry));
  }

  /** The agent is gone with all charges there. */
  dropCharges(agentId: AgentId): void {
    for (const entry of this.#byAgent.get(agentId) ?? []) delete entry.chargedOn;
    this.#byAgent.delete(agentId);
  }

  enter(pod: PoolPod, nowMs: number): Entry {
    const rulesKey = nodeRulesKey(pod.rules);
    const entry: Entry = {
      pod,
      phase: { kind: "held", reason: "disabled" },
      rulesKey,
      placeKey: placeKey(rulesKey, pod),
      waitingSinceMs: pod.createdMs === 0 ? nowMs : pod.createdMs,
      refusals: 0,
      noted: new Set(),
    };
    this.#entries.set(pod.uid, entry);
    if (pod.appKey !== undefined) {
      const ofApp = this.#byApp.get(pod.appKey) ?? new Set();
      this.#byApp.set(pod.appKey, ofApp.add(entry));
    }
    return entry;
  }

  drop(entry: Entry): void {
    const { uid, appKey } = entry.pod;
    this.#entries.delete(uid);
    this.#waitingRoles.leave(entry);
    this.setCharged(entry, undefined);
    this.setPlace(entry, undefined);
    if (appKey === undefined) return;
    this.#byApp.get(appKey)?.delete(entry);
    if (this.#byApp.get(appKey)?.size === 0) this.#byApp.delete(appKey);
  }

  tell(event: PodEvent): void {
    this.#effects.push({ kind: "tell", event });
  }

  emit(effect: PodEffect): void {
    this.#effects.push(effect);
  }

  /** An event on the pod; each reason once in its life, unless `isRepeated`. */
  note(entry: Entry, reason: PodNoteReason, message: string, isRepeated = false): void {
    if (entry.noted.has(reason) && !isRepeated) return;
    entry.noted.add(reason);
    this.#effects.push({ kind: "note", pod: entry.pod, reason, message });
  }

  takeEffects(): readonly PodEffect[] {
    const effects = this.#effects;
    this.#effects = [];
    return effects;
  }

  due(atMs: number): void {
    this.#nextDueMs = Math.min(this.#nextDueMs, atMs);
  }

  /** When something waits for time next; Infinity = never. */
  get nextDueMs(): number {
    return this.#nextDueMs;
  }

  clearDue(): void {
    this.#nextDueMs = Infinity;
  }
}
