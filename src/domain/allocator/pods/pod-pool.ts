import type { KubeUid } from "../../../api/ids/ids.ts";
import { formatResources } from "../../resources/format-resources.ts";
import type { AllocatorState } from "../state/allocator-state.ts";
import type { Amounts } from "../state/amounts.ts";
import { addBags } from "../state/bag.ts";
import { abilitiesOf, type Framework, type Leaf } from "../state/framework-table.ts";
import type { Ledger } from "../state/ledger.ts";
import type { Roster } from "../state/roster.ts";
import { PodQueue, type QueuedPod } from "./pod-queue.ts";
import type { WaitingPod } from "./waiting-pod.ts";

/** The built-in framework can take everything. */
const ALL_ABILITIES = abilitiesOf([
  "MULTI_ROLE",
  "GPU_RESOURCES",
  "REGION_AWARE",
  "RESERVATION_REFINEMENT",
  "SHARED_RESOURCES",
  "REVOCABLE_RESOURCES",
]);

/** What a pod was charged, and where. */
export interface PodCharge {
  readonly queued: QueuedPod;
  readonly agent: number;
  readonly amounts: Amounts;
}

/**
 * Waiting and charged pods: the built-in framework, active in roles with waiting pods, tracked in
 * roles with charged ones. A pod is keyed by its uid, so it waits or is charged once.
 */
export class PodPool {
  readonly #state: AllocatorState;
  readonly #roster: Roster;
  readonly #ledger: Ledger;
  readonly #queues = new Map<number, PodQueue>();
  readonly #waiting = new Map<KubeUid, QueuedPod>();
  readonly #charges = new Map<KubeUid, PodCharge>();
  readonly #shapes = new Map<string, number>();
  /** Admissions that may still be made. */
  #windowFree = Infinity;
  /** A turn was passed over because the window was shut. */
  #isHeldUp = false;

  constructor(state: AllocatorState, roster: Roster, ledger: Ledger) {
    this.#state = state;
    this.#roster = roster;
    this.#ledger = ledger;
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }

  /** False, and noted, when no more pods may be admitted for now. */
  isWindowOpen(): boolean {
    if (this.#windowFree > 0) return true;
    this.#isHeldUp = true;
    return false;
  }

  /** Leaves of the built-in framework, one per role. */
  leaves(): Iterable<Leaf> {
    const { frameworks, options } = this.#state;
    return frameworks.find(options.podsFrameworkId)?.leaves.values() ?? [];
  }

  setWindow(free: number): void {
    this.#windowFree = free;
    if (free <= 0 || !this.#isHeldUp) return;
    this.#isHeldUp = false;
    for (const leaf of this.leaves()) this.#state.dirty.markLeaf(leaf.index);
  }

  chargeOf(uid: KubeUid): PodCharge | undefined {
    return this.#charges.get(uid);
  }

  /** All charges. */
  charges(): IterableIterator<[KubeUid, PodCharge]> {
    return this.#charges.entries();
  }

  /** The first pod of the role's queue. */
  headOf(role: number): QueuedPod | undefined {
    const queue = this.#queues.get(role);
    return queue === undefined || queue.length === 0 ? undefined : queue.at(0);
  }

  get isAnyWaiting(): boolean {
    return this.#waiting.size > 0;
  }

  /** Roles with waiting pods. */
  waitingRoles(): number[] {
    if (this.#waiting.size === 0) return [];
    return [...this.#queues].filter(([, queue]) => queue.length > 0).map(([role]) => role);
  }

  queueOf(role: number): PodQueue {
    let queue = this.#queues.get(role);
    if (queue === undefined) {
      queue = new PodQueue();
      this.#queues.set(role, queue);
    }
    return queue;
  }

  isWaiting(uid: KubeUid): boolean {
    return this.#waiting.has(uid);
  }

  isKnown(uid: KubeUid): boolean {
    return this.#waiting.has(uid) || this.#charges.has(uid);
  }

  /** Puts the pod into the queue of its role; one that is charged already stays charged. */
  enqueue(pod: WaitingPod): void {
    if (this.#charges.has(pod.uid)) return;
    this.dequeue(pod.uid);
    const queued = this.#prepare(pod);
    this.#waiting.set(pod.uid, queued);
    const role = this.#state.roles.indexOf(pod.role);
    this.queueOf(role).add(queued);
    const leaf = this.#leafOf(role);
    leaf.isSubscribed = true;
    this.#roster.updateActivity(leaf);
    this.#roster.open(leaf);
  }

  /** Every agent is worth another look for the pods that wait in the role; false when none does. */
  reopen(role: string): boolean {
    const index = this.#state.roles.find(role);
    const queue = index === undefined ? undefined : this.#queues.get(index);
    if (index === undefined || queue === undefined || queue.length === 0) return false;
    // The only pod queues anew: where nothing is charged, the role's turns are then counted from zero, as whenever its last
    // pod left. The others stay where they are.
    if (queue.length === 1) this.enqueue(queue.at(0).pod);
    else this.#roster.open(this.#leafOf(index));
    return true;
  }

  /** Takes the pod out of its queue; false when it was in none. */
  dequeue(uid: KubeUid): boolean {
    const queued = this.#waiting.get(uid);
    if (queued === undefined) return false;
    const role = this.#state.roles.indexOf(queued.pod.role);
    this.queueOf(role).remove(queued);
    this.#left(role, uid);
    return true;
  }

  /** The pod at this place of the queue is charged now; the ledger has been told. */
  admit(role: number, place: number, agent: number, amounts: Amounts): void {
    const queued = this.queueOf(role).at(place);
    this.queueOf(role).removeAt(place);
    this.#note(queued, agent, amounts);
    this.#windowFree -= 1;
    this.#waiting.delete(queued.pod.uid);
    if (this.queueOf(role).length === 0) this.#quiet(role);
  }

  /** Charges the pod where it runs, whatever is free there. What was lent to it stays a loan. */
  place(pod: WaitingPod, agent: number): void {
    const before = this.#charges.get(pod.uid);
    if (before?.agent === agent) return;
    if (before !== undefined) this.release(pod.uid);
    const queued = this.#waiting.get(pod.uid) ?? this.#prepare(pod);
    const leaf = this.#leafOf(this.#state.roles.indexOf(pod.role));
    const amounts =
      before?.amounts.bag.hasRevocable === true ? this.#asLoan(queued.request) : queued.request;
    this.#ledger.book(leaf, agent, amounts);
    this.#note(queued, agent, amounts);
    this.dequeue(pod.uid);
  }

  /** Undoes the charge; undefined when there is none. */
  release(uid: KubeUid): QueuedPod | undefined {
    const charge = this.#charges.get(uid);
    if (charge === undefined) return undefined;
    this.#charges.delete(uid);
    const { agents, holdings, roles } = this.#state;
    const slots = agents.podSlotsFree[charge.agent] as number;
    if (slots >= 0) agents.setPodSlots(charge.agent, slots + 1);
    const leaf = this.#leafOf(roles.indexOf(charge.queued.pod.role));
    this.#ledger.release(holdings.find(leaf.index, charge.agent), charge.amounts);
    return charge.queued;
  }

  /** The agent is gone with all that was charged there; the pods are forgotten. */
  forgetAgent(agent: number): void {
    for (const [uid, charge] of [...this.#charges]) if (charge.agent === agent) this.release(uid);
  }

  #asLoan({ plain, bag }: Amounts): Amounts {
    const lent = this.#state.loans.bagOf(plain);
    return { plain: new Float64Array(plain.length), bag: addBags(bag, lent) };
  }

  #note(queued: QueuedPod, agent: number, amounts: Amounts): void {
    this.#charges.set(queued.pod.uid, { queued, agent, amounts });
    const { agents } = this.#state;
    const slots = agents.podSlotsFree[agent] as number;
    if (slots > 0) agents.setPodSlots(agent, slots - 1);
  }

  #left(role: number, uid: KubeUid): void {
    this.#waiting.delete(uid);
    if (this.queueOf(role).length === 0) this.#quiet(role);
  }

  /** Nobody waits in the role any more: off the list, and gone unless something is charged. */
  #quiet(role: number): void {
    const leaf = this.#leafOf(role);
    leaf.isSubscribed = false;
    this.#roster.updateActivity(leaf);
    this.#roster.dropIfUnused(leaf);
  }

  #leafOf(role: number): Leaf {
    return this.#roster.track(this.#framework(), role);
  }

  #framework(): Framework {
    const { frameworks, options } = this.#state;
    const framework = frameworks.getOrNote(options.podsFrameworkId);
    framework.isKnown = true;
    framework.isActive = true;
    framework.abilities = ALL_ABILITIES;
    return framework;
  }

  #prepare(pod: WaitingPod): QueuedPod {
    const request = this.#state.codec.encode(pod.request);
    const key = `${formatResources(pod.request)} ${pod.acceptedRoles ?? "both"} ${String(pod.dynamicPorts ?? 0)}`;
    const shape = this.#shapes.get(key) ?? this.#shapes.size;
    this.#shapes.set(key, shape);
    return { pod, request, shape };
  }
}
