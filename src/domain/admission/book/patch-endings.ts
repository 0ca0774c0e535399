import type { KubeUid } from "../../../api/ids/ids.ts";
import { assertNever } from "../../../api/invariant.ts";
import type { GatedPod } from "../kube-view.ts";
import type { PatchOutcome } from "./effects.ts";
import type { EntryLife } from "./entry-life.ts";
import type { Entry } from "./entry.ts";
import type { PageStore } from "./page-store.ts";
import type { Patches } from "./patches.ts";

/** What the end of a patch means for its pod. The charge is undone only where the patch certainly failed. */
export class PatchEndings {
  readonly #pages: PageStore;
  readonly #patches: Patches;
  readonly #life: EntryLife;

  constructor(pages: PageStore, patches: Patches, life: EntryLife) {
    this.#pages = pages;
    this.#patches = patches;
    this.#life = life;
  }

  /** @param fresh the pod as it is now, where it was read or written; stale and absent = it is gone. */
  end(uid: KubeUid, outcome: PatchOutcome, fresh: GatedPod | undefined, nowMs: number): void {
    const entry = this.#pages.get(uid);
    if (entry === undefined) return;
    switch (outcome.kind) {
      case "admitted":
        if (fresh !== undefined) this.#life.see(fresh, false, nowMs);
        break;
      case "gone":
        this.#life.forget(entry);
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
      this.#life.forget(entry);
      return;
    }
    this.#life.see(fresh, false, nowMs);
    if (entry.phase.kind !== "patching") return;
    this.#patches.undo(entry);
    this.#life.settle(entry, false, nowMs);
  }
}
