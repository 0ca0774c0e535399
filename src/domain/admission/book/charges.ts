import type { AgentId } from "../../../api/ids/ids.ts";
import type { AgentTable } from "../rules/agent-table.ts";
import type { WaitingPod } from "../../allocator/pods/waiting-pod.ts";
import { CountedPods } from "./counted-pods.ts";
import type { Entry } from "./entry.ts";
import type { PageStore } from "./page-store.ts";
import { waitingPod } from "./waiting-pod.ts";

const countKey = ({ pod }: Entry): string => `${pod.appKey ?? ""}@${pod.appVersion ?? ""}`;

/** Where pods are charged, and which of them the constraints of their app count. */
export class Charges {
  readonly #pages: PageStore;
  readonly #agents: AgentTable;
  readonly #counted = new Map<string, CountedPods>();

  constructor(pages: PageStore, agents: AgentTable) {
    this.#pages = pages;
    this.#agents = agents;
  }

  /** The pod is on that agent, or bound for it: charged there and nowhere else. An unknown agent charges when it comes. */
  charge(entry: Entry, agentId: AgentId): void {
    if (!this.#agents.hasAgent(agentId)) {
      if (entry.chargedOn !== undefined && entry.chargedOn !== agentId) this.release(entry);
    } else if (entry.chargedOn !== agentId) {
      entry.chargedOn = agentId;
      this.#pages.tell({ kind: "podPlaced", pod: this.waitingPod(entry), agentId });
    }
    this.count(entry, agentId);
  }

  /** The allocator forgets the pod: neither queued nor charged. */
  release(entry: Entry): void {
    delete entry.chargedOn;
    this.#pages.tell({ kind: "podGone", podUid: entry.pod.uid });
  }

  count(entry: Entry, agentId: AgentId): void {
    if (this.#countedOf(entry, true)?.put(entry.pod.uid, agentId)) this.#announceAgain(entry);
  }

  discount(entry: Entry): void {
    const counted = this.#countedOf(entry, false);
    if (counted?.remove(entry.pod.uid)) this.#announceAgain(entry);
    if (counted?.size === 0) this.#counted.delete(countKey(entry));
  }

  /** Agents or nodes changed: constraints may answer otherwise. */
  forgetVerdicts(): void {
    for (const counted of this.#counted.values()) counted.forgetVerdicts();
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
    const counted = this.#countedOf(entry, true) ?? new CountedPods();
    return counted.accepts(constraints, agentId, admittedInRun, this.#agents);
  }

  waitingPod(entry: Entry): WaitingPod {
    return waitingPod(entry.pod, (agentId, admittedInRun) =>
      this.canRunOn(entry, agentId, admittedInRun),
    );
  }

  #countedOf(entry: Readonly<Entry>, make: boolean): CountedPods | undefined {
    if (entry.pod.appKey === undefined || entry.pod.constraints.length === 0) return undefined;
    const known = this.#counted.get(countKey(entry));
    if (known !== undefined || !make) return known;
    const fresh = new CountedPods();
    this.#counted.set(countKey(entry), fresh);
    return fresh;
  }

  /** Constraints of the same app and version may answer otherwise now. */
  #announceAgain(changed: Entry): void {
    const { appKey, appVersion } = changed.pod;
    if (appKey === undefined) return;
    for (const entry of this.#pages.ofApp(appKey)) {
      if (entry.phase.kind !== "waiting" || entry.pod.appVersion !== appVersion) continue;
      this.#pages.tell({ kind: "podWaiting", pod: this.waitingPod(entry) });
    }
  }
}
