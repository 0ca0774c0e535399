import type { AgentId } from "../../../api/ids/ids.ts";
import { assertNever } from "../../../api/invariant.ts";
import type { GatedPod } from "../kube-view.ts";
import type { ReadPod } from "../pool-pod.ts";
import { readPoolPod } from "../pool-pod.ts";
import type { AgentTable } from "../rules/agent-table.ts";
import type { AdmissionRules } from "./admission-rules.ts";
import type { Charges } from "./charges.ts";
import type { Entry } from "./entry.ts";
import { queueKey, UNBOUND_AFTER_MS } from "./entry.ts";
import type { GateQueue } from "./gate-queue.ts";
import type { PageStore } from "./page-store.ts";
import type { Patches } from "./patches.ts";
import { isOlderVersion } from "./resource-version.ts";

export interface EntryLifeParts {
  readonly pages: PageStore;
  readonly agents: AgentTable;
  readonly charges: Charges;
  readonly patches: Patches;
  readonly queue: GateQueue;
}

/** Follows each pod from its first sight to its end: its entry is brought to where the pod's own state says it is. */
export class EntryLife {
  readonly #parts: EntryLifeParts;

  constructor(parts: EntryLifeParts) {
    this.#parts = parts;
  }

  /** @param isInitial of the first list: what happened before it is nothing new. */
  see(object: GatedPod, isInitial: boolean, nowMs: number): void {
    const { pages, queue } = this.#parts;
    const read = readPoolPod(object, queue.rules);
    if (read.kind === "outside") return;
    const { pod } = read;
    const known = pages.get(pod.uid);
    const version = object.metadata.resourceVersion;
    if (known !== undefined && isOlderVersion(version, known.pod.object.metadata.resourceVersion)) {
      return;
    }
    if (pod.state.kind === "over") {
      this.forget(known);
      return;
    }
    const entry = known ?? pages.enter(pod, nowMs);
    this.#write(entry, read);
    this.settle(entry, isInitial && known === undefined, nowMs);
  }

  settle(entry: Entry, isInitial: boolean, nowMs: number): void {
    const { state } = entry.pod;
    switch (state.kind) {
      case "waiting":
        this.#parts.queue.settle(entry, nowMs);
        break;
      case "admitted":
        this.#settleAdmitted(entry, state.agentId, nowMs);
        break;
      case "placed":
        this.#settlePlaced(entry, state, isInitial);
        break;
      case "over":
        this.forget(entry);
        break;
      default:
        assertNever(state);
    }
  }

  forget(entry: Entry | undefined): void {
    if (entry === undefined) return;
    const { pages, charges, patches, queue } = this.#parts;
    const { phase } = entry;
    if (phase.kind === "waiting" || entry.chargedOn !== undefined) charges.release(entry);
    if (phase.kind === "patching") patches.leave();
    pages.drop(entry);
    charges.discount(entry);
    queue.left(entry);
  }

  /** Every pod is read again. */
  followRules(rules: AdmissionRules, nowMs: number): void {
    const { pages, queue } = this.#parts;
    queue.rules = rules;
    for (const entry of pages.all()) {
      const read = readPoolPod(entry.pod.object, rules);
      if (read.kind === "outside") continue;
      this.#write(entry, read);
      queue.settle(entry, nowMs);
    }
  }

  /** The pod as it was read. What changed of one that waits, its place in the queue among it, is told to the allocator. */
  #write(entry: Entry, read: Exclude<ReadPod, { kind: "outside" }>): void {
    const { pages, charges } = this.#parts;
    const isWaiting = entry.phase.kind === "waiting" && read.pod.state.kind === "waiting";
    const before = isWaiting ? queueKey(entry) : undefined;
    pages.setPod(entry, read.pod);
    if (read.kind === "faulty") entry.fault = read.fault;
    else delete entry.fault;
    if (before === undefined || read.kind === "faulty" || queueKey(entry) === before) return;
    pages.tell({ kind: "podWaiting", pod: charges.waitingPod(entry) });
  }

  #settleAdmitted(entry: Entry, agentId: AgentId | undefined, nowMs: number): void {
    const { pages, charges, patches } = this.#parts;
    const { phase } = entry;
    if (phase.kind === "patching") patches.leave();
    if (phase.kind === "waiting") charges.release(entry);
    if (phase.kind !== "admitted") {
      const where = agentId === undefined ? {} : { agentId };
      pages.setPhase(entry, { kind: "admitted", ...where, sinceMs: nowMs });
      entry.refusals = 0;
      pages.setPlace(entry, agentId === undefined ? undefined : `agent ${agentId}`);
      pages.due(nowMs + UNBOUND_AFTER_MS);
    }
    // Charged already: where the annotation says, or where room was left for it since.
    if (agentId !== undefined && entry.chargedOn === undefined) charges.charge(entry, agentId);
  }

  #settlePlaced(
    entry: Entry,
    state: { readonly nodeName: string; readonly isAdmitted: boolean },
    isInitial: boolean,
  ): void {
    const { pages, agents, charges, patches } = this.#parts;
    const { phase } = entry;
    if (phase.kind === "patching") patches.leave();
    pages.setPhase(entry, { kind: "placed", nodeName: state.nodeName });
    pages.setPlace(entry, `node ${state.nodeName}`);
    const agentId = agents.agentOn(state.nodeName);
    if (agentId !== undefined) charges.charge(entry, agentId);
    else if (phase.kind === "waiting") charges.release(entry);
    // Else it stays charged where room was booked for it until its node has an agent, which may come a moment later or never:
    // who lets go of the charge meanwhile lets in more than the limit of the role.
    if (!state.isAdmitted && phase.kind !== "placed" && !isInitial) {
      const where = `bound to ${state.nodeName} without the gate being opened by us`;
      pages.note(entry, "AdoptedWithoutAdmission", `${where}; charged there`);
    }
  }
}
