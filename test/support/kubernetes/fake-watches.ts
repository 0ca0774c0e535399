import { OperatingError } from "../../../src/api/errors/operating-error.ts";
import type { ErrorCode } from "../../../src/api/errors/table.ts";
import { gvkOf, type KubeKind } from "../../../src/runtime/kube/kube-kind.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import type { Selection, WatchEvent } from "../../../src/runtime/ports/kube-transport.ts";
import type { Change } from "./fake-store.ts";
import { cloneJson } from "./clone-json.ts";
import { FakeWatch } from "./fake-watch.ts";
import { isSelected } from "./selected-object.ts";

/** The open watches of the fake, and what a test does to them. */
export class FakeWatches {
  readonly #watches = new Map<FakeWatch, string>();
  readonly #heldKinds = new Set<string>();

  get size(): number {
    return this.#watches.size;
  }

  /** A watch that hears of this selection from now on, after what `fill` gives it. */
  open(selection: Selection, fill: (watch: FakeWatch) => void): FakeWatch {
    const gvk = gvkOf(selection.kind);
    const watch = new FakeWatch(
      (object) => gvkOfObject(object) === gvk && isSelected(selection, object),
    );
    fill(watch);
    this.#watches.set(watch, gvk);
    if (this.#heldKinds.has(gvk)) watch.hold();
    return watch;
  }

  close(watch: FakeWatch): void {
    this.#watches.delete(watch);
  }

  tell(change: Change): void {
    for (const watch of this.#watches.keys()) tellWatch(watch, change);
  }

  bookmark(bookmark: WatchEvent<KubeObject>): void {
    for (const watch of this.#watches.keys()) watch.push(bookmark);
  }

  hold(kind: KubeKind): void {
    this.#heldKinds.add(gvkOf(kind));
    for (const [watch, gvk] of this.#watches) if (gvk === gvkOf(kind)) watch.hold();
  }

  release(kind: KubeKind): void {
    this.#heldKinds.delete(gvkOf(kind));
    for (const [watch, gvk] of this.#watches) if (gvk === gvkOf(kind)) watch.release();
  }

  end(): void {
    for (const watch of this.#watches.keys()) watch.end();
    this.#watches.clear();
  }

  break(code: ErrorCode): void {
    for (const watch of this.#watches.keys()) {
      watch.push({ type: "FAIL", error: new OperatingError(code, "broken by the test") });
    }
    this.#watches.clear();
  }
}

/** An update that moves an object into or out of the selection is an addition or a deletion to its watchers. */
export function tellWatch(watch: FakeWatch, { type, object, previous }: Change): void {
  const isIn = type !== "DELETED" && watch.accepts(object);
  const wasIn = previous !== undefined && watch.accepts(previous);
  if (isIn) watch.push({ type: wasIn ? "MODIFIED" : "ADDED", object: cloneJson(object) });
  else if (wasIn) watch.push({ type: "DELETED", object: cloneJson(object) });
}

function gvkOfObject(object: KubeObject): string {
  return `${object.apiVersion ?? ""}/${object.kind ?? ""}`;
}
