import type { Fidelity } from "../../../api/crd/v1alpha1/marathon-app/status.ts";

export type FidelityLevel = "Approximated" | "Dropped";

export interface FidelityItem {
  /** Field of the app, e.g. `healthChecks[1]`, `container.docker.parameters[ulimit]`. */
  readonly field: string;
  readonly level: FidelityLevel;
  /** What happens instead, in a sentence. */
  readonly treatment: string;
}

const ITEMS_MAX = 64;
const TREATMENT_MAX = 512;

/** Collects what could not be mapped exactly while the manifests are built; lives no longer than one rendering. */
export class FidelityNotes {
  readonly #items = new Map<string, FidelityItem>();

  approximated(field: string, treatment: string): void {
    this.#note({ field, level: "Approximated", treatment });
  }

  dropped(field: string, treatment: string): void {
    this.#note({ field, level: "Dropped", treatment });
  }

  get items(): readonly FidelityItem[] {
    return [...this.#items.values()];
  }

  #note(item: FidelityItem): void {
    this.#items.set(`${item.field}\n${item.level}`, {
      ...item,
      treatment: item.treatment.slice(0, TREATMENT_MAX),
    });
  }
}

/**
 * The status block: how many of the app's fields are mapped exactly, nearly or not at all. Only the others are listed, the
 * dropped first.
 * @param fieldCount fields that the app sets
 */
export function fidelityStatus(items: readonly FidelityItem[], fieldCount: number): Fidelity {
  const dropped = items.filter(({ level }) => level === "Dropped");
  const approximated = items.filter(({ level }) => level === "Approximated");
  const listed = [...dropped, ...approximated].slice(0, ITEMS_MAX);
  return {
    exact: Math.max(0, fieldCount - items.length),
    approximated: approximated.length,
    dropped: dropped.length,
    ...(listed.length > 0 ? { items: listed } : {}),
  };
}
