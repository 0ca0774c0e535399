import type { Entry } from "./entry.ts";

/** Pods that share it count each other in their constraints: those of one configuration version of an app. */
export function countKey({ pod }: Pick<Entry, "pod">): string {
  return `${pod.appKey ?? ""}@${pod.appVersion ?? ""}`;
}

interface Place {
  readonly key: string;
  readonly role: string;
}

/** In which roles pods with constraints wait, by the app and version whose pods they count. */
export class WaitingRoles {
  readonly #placeOf = new Map<Entry, Place>();
  /** How many wait, by key and role. */
  readonly #byKey = new Map<string, Map<string, number>>();

  /** To be called after the pod or the phase of the entry changed. */
  follow(entry: Entry): void {
    const known = this.#placeOf.get(entry);
    const { phase, pod } = entry;
    const waits =
      phase.kind === "waiting" && pod.appKey !== undefined && pod.constraints.length > 0;
    if (known === undefined && !waits) return;
    this.leave(entry);
    if (!waits) return;
    const place = { key: countKey(entry), role: pod.role };
    this.#placeOf.set(entry, place);
    const roles = this.#byKey.get(place.key) ?? new Map<string, number>();
    this.#byKey.set(place.key, roles.set(place.role, (roles.get(place.role) ?? 0) + 1));
  }

  /** The entry waits no more. */
  leave(entry: Entry): void {
    const place = this.#placeOf.get(entry);
    if (place === undefined) return;
    this.#placeOf.delete(entry);
    const roles = this.#byKey.get(place.key);
    const left = (roles?.get(place.role) ?? 0) - 1;
    if (left > 0) roles?.set(place.role, left);
    else roles?.delete(place.role);
    if (roles?.size === 0) this.#byKey.delete(place.key);
  }

  /** @param key as of `countKey`. */
  of(key: string): Iterable<string> {
    return this.#byKey.get(key)?.keys() ?? [];
  }
}
