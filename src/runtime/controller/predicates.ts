import type { Change } from "../informer/informer.ts";
import type { KubeObject } from "../kube/kube-object.ts";

/** Whether a change is worth a look. Additions, deletions and resyncs always are; these judge updates. */
export type Predicate = (previous: KubeObject, next: KubeObject) => boolean;

/** The spec changed (or, for kinds without a status subresource, anything). */
export const generationChanged: Predicate = (previous, next) =>
  previous.metadata.generation !== next.metadata.generation ||
  previous.metadata.deletionTimestamp !== next.metadata.deletionTimestamp;

export const labelsChanged: Predicate = (previous, next) =>
  !isSameJson(previous.metadata.labels, next.metadata.labels);

export const annotationsChanged: Predicate = (previous, next) =>
  !isSameJson(previous.metadata.annotations, next.metadata.annotations);

export const statusChanged: Predicate = (previous, next) =>
  !isSameJson(statusOf(previous), statusOf(next));

export const resourceVersionChanged: Predicate = (previous, next) =>
  previous.metadata.resourceVersion !== next.metadata.resourceVersion;

export const and =
  (...all: readonly Predicate[]): Predicate =>
  (previous, next) =>
    all.every((predicate) => predicate(previous, next));

export const or =
  (...any: readonly Predicate[]): Predicate =>
  (previous, next) =>
    any.some((predicate) => predicate(previous, next));

export const not =
  (predicate: Predicate): Predicate =>
  (previous, next) =>
    !predicate(previous, next);

export function isWorthALook(change: Change<KubeObject>, predicate: Predicate): boolean {
  return change.kind !== "updated" || predicate(change.previous, change.object);
}

function statusOf(object: KubeObject): unknown {
  return (object as { readonly status?: unknown }).status;
}

/** Order of fields counts: both sides come from the same server, which writes them in one order. */
function isSameJson(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
