import { POD_NOTE_REASONS, type PodNoteReason } from "../../domain/admission/book/effects.ts";
import type { PodBook } from "../../domain/admission/book/pod-book.ts";
import type { AgentRoom } from "../../domain/admission/explain/explain-app.ts";
import { explainAdmission } from "../../domain/admission/explain/explain-app.ts";
import { waitingHeads, waitingText } from "../../domain/admission/explain/waiting-heads.ts";
import type { EventRecorder } from "../../runtime/ports/event-recorder.ts";

/** How often queues that stand still are looked at: a waiting pod is written about at most once in this time. */
export const NOTES_PERIOD_MS = 60_000;
const WAITED_MS = 30_000;
/** Most pods written about in one look, so that a full pool does not flood the API server. */
const NOTES_MAX = 100;

/** Says on the head of every queue that stands still why it does, when that changed. */
export class WaitingNotes {
  readonly #book: PodBook;
  readonly #rooms: () => readonly AgentRoom[];
  readonly #events: EventRecorder;
  /** Last words by uid; only of heads of the last look. */
  #said = new Map<string, string>();

  constructor(book: PodBook, rooms: () => readonly AgentRoom[], events: EventRecorder) {
    this.#book = book;
    this.#rooms = rooms;
    this.#events = events;
  }

  look(nowMs: number): void {
    const heads = waitingHeads(this.#book.entries(), WAITED_MS, nowMs).slice(0, NOTES_MAX);
    const rooms = heads.length === 0 ? [] : this.#rooms();
    const said = new Map<string, string>();
    for (const entry of heads) {
      // Faults and refusals have had their own event.
      if (entry.phase.kind !== "waiting") continue;
      const { pod } = entry;
      const report = explainAdmission(
        this.#book,
        { app: pod.name, entries: [entry] },
        rooms,
        nowMs,
      );
      if (report === undefined) continue;
      const text = waitingText(report);
      said.set(pod.uid, text);
      if (this.#said.get(pod.uid) === text) continue;
      const reason: PodNoteReason = "WaitingForResources";
      const type = POD_NOTE_REASONS[reason];
      this.#events.record(pod.object, { type, reason, action: "Admit", note: text });
    }
    this.#said = said;
  }
}
