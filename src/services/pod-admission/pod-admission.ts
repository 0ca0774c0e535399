import type { AgentId, KubeUid } from "../../api/ids/ids.ts";
import type { MarathonApp } from "../../api/crd/v1alpha1/marathon-app/marathon-app.ts";
import { assertNever } from "../../api/invariant.ts";
import type { PatchOutcome, PodEffect, PodEvent } from "../../domain/admission/book/effects.ts";
import { POD_NOTE_REASONS } from "../../domain/admission/book/effects.ts";
import type { PodInput } from "../../domain/admission/book/inputs.ts";
import { PATCHES_IN_FLIGHT_MAX } from "../../domain/admission/book/patches.ts";
import { PodBook } from "../../domain/admission/book/pod-book.ts";
import type { AgentRoom } from "../../domain/admission/explain/explain-app.ts";
import type { GatedPod, RuledNode } from "../../domain/admission/kube-view.ts";
import { selectsLabels } from "../../domain/admission/rules/label-selector.ts";
import type { EvictionReason } from "../../domain/mesos/eviction-reason.ts";
import type { Resources } from "../../domain/resources/resource.ts";
import type { PodAdmission as AllocatedPod } from "../../domain/allocator/events.ts";
import type { Informer } from "../../runtime/informer/informer.ts";
import type { KubeObject } from "../../runtime/kube/kube-object.ts";
import { keyOf } from "../../runtime/kube/kube-object.ts";
import type { CancelTimer, Clock } from "../../runtime/ports/clock.ts";
import type { EventRecorder } from "../../runtime/ports/event-recorder.ts";
import type { KubeReader, KubeWriter } from "../../runtime/ports/kube-transport.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import type { Meter } from "../../runtime/ports/meter.ts";
import type { Random } from "../../runtime/ports/random.ts";
import { poolAgentOf } from "./agent-attributes.ts";
import { appInput, nodeInput } from "./book-inputs.ts";
import { ChangeInbox, type Noted } from "./change-inbox.ts";
import type { AdmissionMetrics } from "./metrics.ts";
import { admissionMetrics } from "./metrics.ts";
import { PodEvictor } from "./pod-evictor.ts";
import { PatchSender } from "./patch-sender.ts";
import { NOTES_PERIOD_MS, WaitingNotes } from "./waiting-notes.ts";
import type { AdmissionConfigSource, LedgerAgent, PoolLedger } from "./ports.ts";

const EVICTION_NOTES: Readonly<Record<EvictionReason, string>> = {
  LoanReclaimed: "The room it has beyond the limit of its role is needed by others.",
  Preempted: "A pod of its role that is of a higher priority fits nowhere else.",
};

export interface PodAdmissionParts {
  /** All synced before `start`. */
  readonly pods: Informer<GatedPod>;
  readonly nodes: Informer<RuledNode & KubeObject>;
  readonly namespaces: Informer<KubeObject>;
  readonly apps: Informer<MarathonApp & KubeObject>;
  readonly config: AdmissionConfigSource;
  readonly reader: Pick<KubeReader, "get">;
  /** Fenced by the term that this admission belongs to. */
  readonly writer: Pick<KubeWriter, "patch" | "create">;
  readonly events: EventRecorder;
  /** What agents have left besides tasks and offers; for words about waiting pods. */
  readonly rooms: () => readonly AgentRoom[];
  /** The same of one agent; nothing while it is not offered. */
  readonly freeOn: (agentId: AgentId) => Resources;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly meter: Meter;
}

/**
 * Lets pods of the pool start, for one term of the leading master: keeps the book of pool pods from the informers, tells
 * the engine what waits and what is charged where, and sends one patch per admission. Watch callbacks only note what
 * changed; the book is brought up to date in a turn of its own.
 */
export class PodAdmission {
  readonly #parts: PodAdmissionParts;
  readonly #book: PodBook;
  readonly #sender: PatchSender;
  readonly #evictor: PodEvictor;
  readonly #metrics: AdmissionMetrics;
  readonly #podChanges = new ChangeInbox<GatedPod & KubeObject>();
  readonly #nodeChanges = new ChangeInbox<RuledNode & KubeObject>();
  readonly #namespaceChanges = new ChangeInbox<KubeObject>();
  readonly #appChanges = new ChangeInbox<MarathonApp & KubeObject>();
  #ledger: PoolLedger | undefined;
  #signal: AbortSignal = AbortSignal.abort();
  #cancelTurn: CancelTimer | undefined;
  #cancelDue: CancelTimer | undefined;
  #cancelNotes: CancelTimer | undefined;
  readonly #notes: WaitingNotes;

  constructor(parts: PodAdmissionParts) {
    this.#parts = parts;
    this.#book = new PodBook(parts.config.current(), parts.freeOn);
    this.#sender = new PatchSender({
      ...parts,
      ended: (uid, outcome, fresh) => this.#patchEnded(uid, outcome, fresh),
    });
    this.#evictor = new PodEvictor(parts);
    this.#notes = new WaitingNotes(this.#book, parts.rooms, parts.events);
    this.#metrics = admissionMetrics(parts.meter, () => this.#waitingCount());
  }

  /** For reading only, within the turn. */
  get book(): PodBook {
    return this.#book;
  }

  /** Tells the ledger of every pod there is, and of every change until the signal aborts. */
  start(ledger: PoolLedger, signal: AbortSignal): Promise<void> {
    this.#ledger = ledger;
    this.#signal = signal;
    const { pods, nodes, namespaces, apps, config } = this.#parts;
    const ends = [
      nodes.onChange((change) => this.#noted(() => this.#nodeChanges.note(change))),
      namespaces.onChange((change) => this.#noted(() => this.#namespaceChanges.note(change))),
      apps.onChange((change) => this.#noted(() => this.#appChanges.note(change))),
      pods.onChange((change) => this.#noted(() => this.#podChanges.note(change))),
      config.subscribe(() => this.#configChanged()),
    ];
    signal.addEventListener("abort", () => this.#stop(ends), { once: true });
    ledger.admissionWindow(PATCHES_IN_FLIGHT_MAX);
    this.#turn();
    this.#armNotes();
    return Promise.resolve();
  }

  /** The allocator charged these pods: let them start. */
  admit(admissions: readonly AllocatedPod[], term: number): void {
    this.#take({ kind: "decided", admissions, term });
  }

  /** Has these pods evicted, as far as disruption budgets allow. */
  evict(podUids: readonly KubeUid[], reason: EvictionReason): void {
    for (const uid of podUids) {
      const pod = this.#book.podOf(uid);
      if (pod === undefined || this.#signal.aborted) continue;
      this.#parts.events.record(pod.object, {
        type: "Warning",
        reason,
        action: "Evict",
        note: EVICTION_NOTES[reason],
      });
      this.#evictor.evict(pod, this.#signal);
    }
  }

  agentKnown(agent: LedgerAgent): void {
    this.#take({ kind: "agentKnown", agent: poolAgentOf(agent) });
  }

  agentGone(agentId: AgentId): void {
    this.#take({ kind: "agentGone", agentId });
  }

  // ---- what the informers say ----

  #noted(note: () => void): void {
    note();
    this.#cancelTurn ??= this.#parts.clock.after(0, () => this.#turn());
  }

  /** Brings the book up to date: what pods are judged by first, then the pods. */
  #turn(): void {
    this.#cancelTurn?.();
    this.#cancelTurn = undefined;
    if (this.#signal.aborted) return;
    const nodes = this.#nodeChanges.empty().map(nodeInput);
    const apps = this.#appChanges.empty().map(appInput);
    const renamed = new Set(this.#namespaceChanges.empty().map(({ object }) => keyOf(object)));
    if (renamed.size > 0) this.#lookAgain((pod) => renamed.has(pod.metadata.namespace ?? ""));
    const pods = this.#podChanges.empty().map((change) => this.#podInput(change));
    const inputs = [...nodes, ...apps, ...pods];
    for (const [place, input] of inputs.entries()) this.#take(input, place === inputs.length - 1);
  }

  #podInput({ object, isDeleted, isInitial }: Noted<GatedPod & KubeObject>): PodInput {
    const uid = (object.metadata.uid ?? "") as KubeUid;
    if (isDeleted || !this.#isSelected(object)) return { kind: "podDeleted", uid };
    return { kind: "podSeen", object, isInitial };
  }

  /** Whether its namespace may have pods in the pool. An unknown namespace is about to be known, or to go. */
  #isSelected({ metadata }: GatedPod): boolean {
    const { namespaceSelector } = this.#parts.config.current();
    const isOpen =
      namespaceSelector.matchLabels === undefined &&
      namespaceSelector.matchExpressions === undefined;
    if (isOpen) return true;
    const namespace = this.#parts.namespaces.get(metadata.namespace ?? "");
    return (
      namespace !== undefined && selectsLabels(namespaceSelector, namespace.metadata.labels ?? {})
    );
  }

  #lookAgain(isConcerned: (pod: GatedPod) => boolean): void {
    for (const pod of this.#parts.pods.list()) {
      if (isConcerned(pod)) this.#podChanges.noteAgain(pod);
    }
  }

  #configChanged(): void {
    this.#take({ kind: "rulesChanged", rules: this.#parts.config.current() });
    this.#noted(() => this.#lookAgain(() => true));
  }

  // ---- what follows ----

  #patchEnded(uid: KubeUid, outcome: PatchOutcome, fresh: GatedPod | undefined): void {
    if (outcome.kind === "admitted") {
      this.#metrics.admitted.add();
      const createdMs = Date.parse(fresh?.metadata.creationTimestamp ?? "");
      const waitedMs = Math.max(0, this.#parts.clock.nowMs() - createdMs);
      if (!Number.isNaN(waitedMs)) this.#metrics.waitSeconds.observe(waitedMs / 1000);
    }
    if (outcome.kind === "refused") this.#metrics.refused.add();
    this.#take({ kind: "patchEnded", uid, outcome, ...(fresh === undefined ? {} : { fresh }) });
  }

  #take(input: PodInput, isLast = true): void {
    if (this.#signal.aborted) return;
    const effects = this.#book.advance(input, this.#parts.clock.nowMs(), isLast);
    for (const effect of effects) this.#perform(effect);
    this.#armDue();
  }

  #perform(effect: PodEffect): void {
    switch (effect.kind) {
      case "tell":
        this.#tell(effect.event);
        break;
      case "patch":
        this.#sender.send(effect.pod, effect.operations, this.#signal);
        break;
      case "note":
        this.#parts.events.record(effect.pod.object, {
          type: POD_NOTE_REASONS[effect.reason],
          reason: effect.reason,
          action: "Admit",
          note: effect.message,
        });
        break;
      default:
        assertNever(effect);
    }
  }

  #tell(event: PodEvent): void {
    const ledger = this.#ledger;
    if (ledger === undefined) return;
    switch (event.kind) {
      case "podWaiting":
        ledger.podWaiting(event.pod);
        break;
      case "podRulesChanged":
        ledger.podRulesChanged(event.role);
        break;
      case "podGone":
        ledger.podGone(event.podUid);
        break;
      case "podPlaced":
        ledger.podPlaced(event.pod, event.agentId);
        break;
      case "podAdmissionFailed":
        ledger.admissionFailed(event.podUid, event.requeue);
        break;
      case "admissionWindow":
        ledger.admissionWindow(event.free);
        break;
      case "agentUpdated":
        ledger.agentRulesChanged(event.agentId);
        break;
      default:
        assertNever(event);
    }
  }

  #armDue(): void {
    this.#cancelDue?.();
    this.#cancelDue = undefined;
    const dueMs = this.#book.nextDueMs();
    if (dueMs === undefined) return;
    const delayMs = dueMs - this.#parts.clock.nowMs();
    this.#cancelDue = this.#parts.clock.after(delayMs, () => this.#take({ kind: "timePassed" }));
  }

  #armNotes(): void {
    this.#cancelNotes = this.#parts.clock.after(NOTES_PERIOD_MS, () => {
      this.#notes.look(this.#parts.clock.nowMs());
      this.#armNotes();
    });
  }

  #waitingCount(): number {
    let waiting = 0;
    for (const { phase } of this.#book.entries()) {
      if (phase.kind === "held" || phase.kind === "waiting") waiting += 1;
    }
    return waiting;
  }

  #stop(ends: readonly (() => void)[]): void {
    for (const end of ends) end();
    this.#cancelTurn?.();
    this.#cancelDue?.();
    this.#cancelNotes?.();
  }
}
