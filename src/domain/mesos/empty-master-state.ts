import type { MasterState } from "./master-state.ts";
import { OfferBook } from "./offer-book.ts";
import { PodUses } from "./pod-uses.ts";

/** Of a term that begins. */
export function emptyMasterState(masterId: string): MasterState {
  return {
    masterId,
    frameworks: new Map(),
    completed: new Map(),
    agents: new Map(),
    recovered: new Map(),
    unreachable: new Map(),
    gone: new Map(),
    checkpoints: new Map(),
    offers: new OfferBook(masterId),
    pods: new PodUses(),
    podsFramework: undefined,
  };
}
