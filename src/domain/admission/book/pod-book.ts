import type { AgentId, KubeUid } from "../../../api/ids/ids.ts";
import { assertNever } from "../../../api/invariant.ts";
import { NO_RESOURCES } from "../../resources/arithmetic.ts";
import { AgentTable } from "../rules/agent-table.ts";
import type { PoolPod } from "../pool-pod.ts";
import type { AdmissionRules } from "./admission-rules.ts";
import { Charges, type FreeOn } from "./charges.ts";
import { DueChecks } from "./due-checks.ts";
import type { PodEffect } from "./effects.ts";
import { EntryLife } from "./entry-life.ts";
import type { Entry } from "./entry.ts";
import { GateQueue } from "./gate-queue.ts";
import type { PodInput } from "./inputs.ts";
import { LaunchLimits } from "./launch-limits.ts";
import { PageStore } from "./page-store.ts";
import { PatchEndings } from "./patch-endings.ts";
import { Patches } from "./patches.ts";
import { PoolChanges } from "./pool-changes.ts";

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
  readonly #pool: PoolChanges;
  readonly #life: EntryLife;
  readonly #endings: PatchEndings;
  readonly #checks: DueChecks;

  /** @param freeOn what could be given on an agent now; asked only for apps that spread over groups. */
  constructor(rules: AdmissionRules, freeOn: FreeOn = () => NO_RESOURCES) {
    const [pages, agents, limits] = [this.#pages, this.#agents, this.#limits];
    const charges = new Charges(pages, agents, freeOn);
    const patches = new Patches(pages, charges, limits, agents);
    const queue = new GateQueue(pages, charges, limits, rules);
    const life = new EntryLife({ pages, agents, charges, patches, queue });
    this.#charges = charges;
    this.#patches = patches;
    this.#queue = queue;
    this.#pool = new PoolChanges(pages, agents, charges);
    this.#life = life;
    this.#endings = new PatchEndings(pages, patches, life);
    this.#checks = new DueChecks(pages, queue);
  }

  /**
   * One input after the other, each with its time. The effects are carried out in order before the next input.
   *
   * @param isLast of its turn: what concerns all pods of an app waits for the last of the inputs that come together.
   */
  advance(input: PodInput, nowMs: number, isLast = true): readonly PodEffect[] {
    this.#take(input, nowMs);
    if (isLast) this.#queue.settleApps(nowMs);
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

  /** The pod as it was seen last; undefined when it is over. */
  podOf(uid: KubeUid): PoolPod | undefined {
    return this.#pages.get(uid)?.pod;
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
        this.#life.see(input.object, input.isInitial, nowMs);
        break;
      case "podDeleted":
        this.#life.forget(this.#pages.get(input.uid));
        break;
      case "agentKnown":
        this.#pool.agentKnown(input.agent);
        break;
      case "agentGone":
        this.#pool.agentGone(input.agentId);
        break;
      case "nodeSeen":
        this.#pool.nodeSeen(input.node);
        break;
      case "nodeGone":
        this.#pool.nodeGone(input.name);
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
        this.#charges.announceChanges();
        break;
      case "patchEnded":
        this.#endings.end(input.uid, input.outcome, input.fresh, nowMs);
        break;
      case "rulesChanged":
        this.#life.followRules(input.rules, nowMs);
        break;
      case "timePassed":
        this.#checks.timePassed(nowMs);
        break;
      default:
        assertNever(input);
    }
  }
}
