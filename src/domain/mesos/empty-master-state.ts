import { MachineTable } from "./maintenance/machine-table.ts";
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
    inverseOffers: new Map(),
    inverseAnswers: new Map(),
    machines: new MachineTable([], new Map()),
    pods: new PodUses(),
    podsFramework: undefined,
  };
}
