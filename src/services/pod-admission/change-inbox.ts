import type { Change } from "../../runtime/informer/informer.ts";
import type { KubeObject } from "../../runtime/kube/kube-object.ts";

/** The last known state of one object of a kind. */
export interface Noted<T> {
  readonly object: T;
  readonly isDeleted: boolean;
  /** Part of the first list. */
  readonly isInitial: boolean;
}

/** Notes what changed since the inbox was emptied last, one note per uid: however fast objects change, work is bounded by them. */
export class ChangeInbox<T extends KubeObject> {
  #notes = new Map<string, Noted<T>>();

  get isEmpty(): boolean {
    return this.#notes.size === 0;
  }

  note(change: Change<T>): void {
    const { object } = change;
    this.#notes.set(object.metadata.uid ?? object.metadata.name, {
      object,
      isDeleted: change.kind === "deleted",
      isInitial: change.kind === "added" && change.initial,
    });
  }

  /** An object that must be looked at again although it did not change. */
  noteAgain(object: T): void {
    const uid = object.metadata.uid ?? object.metadata.name;
    if (!this.#notes.has(uid)) this.#notes.set(uid, { object, isDeleted: false, isInitial: false });
  }

  /** Everything noted, in the order of first notice. */
  empty(): readonly Noted<T>[] {
    const notes = [...this.#notes.values()];
    this.#notes = new Map();
    return notes;
  }
}
