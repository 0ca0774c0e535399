import type { PodAdmission } from "../../allocator/events.ts";
import { admissionPatch } from "../admission-patch.ts";
import type { AgentTable } from "../rules/agent-table.ts";
import type { Charges } from "./charges.ts";
import type { Entry } from "./entry.ts";
import { refusalBackoffMs } from "./entry.ts";
import type { LaunchLimits } from "./launch-limits.ts";
import { LAUNCH_WINDOW_MS } from "./launch-limits.ts";
import type { PageStore } from "./page-store.ts";

/** Most patches under way. */
export const PATCHES_IN_FLIGHT_MAX = 32;

/** Admissions that were decided and are being carried out. */
export class Patches {
  readonly #pages: PageStore;
  readonly #charges: Charges;
  readonly #limits: LaunchLimits;
  readonly #agents: AgentTable;
  #inFlight = 0;

  constructor(pages: PageStore, charges: Charges, limits: LaunchLimits, agents: AgentTable) {
    this.#pages = pages;
    this.#charges = charges;
    this.#limits = limits;
    this.#agents = agents;
  }

  /** The allocator charged the pod: its patch goes out, unless the pod or the node is not there any more. */
  start(entry: Entry | undefined, admission: PodAdmission, term: number, nowMs: number): void {
    const { podUid, agentId, resources } = admission;
    const hostnameLabel = this.#agents.hostnameLabel(agentId);
    if (entry?.phase.kind !== "waiting" || hostnameLabel === undefined) {
      this.#pages.tell({ kind: "podAdmissionFailed", podUid, requeue: false });
      if (entry?.phase.kind === "waiting") this.holdBack(entry, nowMs);
      return;
    }
    this.#pages.setPhase(entry, { kind: "patching", agentId });
    this.#pages.setCharged(entry, agentId);
    this.#inFlight += 1;
    const { appKey } = entry.pod;
    if (appKey !== undefined && this.#limits.isRated(appKey)) {
      this.#limits.launched(appKey, nowMs);
      this.#pages.due(nowMs + LAUNCH_WINDOW_MS);
    }
    this.#charges.count(entry, agentId);
    const grant = { agentId, hostnameLabel, resources, term, nowMs };
    const { pod } = entry;
    const operations = admissionPatch(pod, grant);
    this.#pages.emit({ kind: "patch", uid: podUid, pod, agentId, operations });
  }

  /** The patch is over, however it ended: there is room for another. */
  leave(): void {
    this.#inFlight -= 1;
    this.#pages.tell({ kind: "admissionWindow", free: PATCHES_IN_FLIGHT_MAX - this.#inFlight });
  }

  /** The charge is taken back; the pod is gated and unknown to the allocator. */
  undo(entry: Entry): void {
    this.#pages.setCharged(entry, undefined);
    this.#pages.tell({ kind: "podAdmissionFailed", podUid: entry.pod.uid, requeue: false });
    if (entry.pod.appKey !== undefined) this.#limits.withdrawn(entry.pod.appKey);
    this.#pages.setPhase(entry, { kind: "held", reason: "refused" });
    this.#charges.discount(entry);
    this.leave();
  }

  /** The pod may be tried again after a wait that doubles with each refusal. */
  holdBack(entry: Entry, nowMs: number): void {
    entry.refusals += 1;
    entry.retryAtMs = nowMs + refusalBackoffMs(entry.refusals);
    this.#pages.setPhase(entry, { kind: "held", reason: "refused" });
    this.#pages.due(entry.retryAtMs);
  }
}
