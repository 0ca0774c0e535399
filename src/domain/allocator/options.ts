import { asId, type FrameworkId } from "../../api/ids/ids.ts";
import type { Quantities } from "../resources/quantity.ts";

/** How the allocator decides; frozen for its life. `allocatorDefaults` fills in what is absent. */
export interface AllocatorOptions {
  /** Drives every shuffle: same events, same seed, same decisions. */
  readonly seed: number;
  /** `event`: runs follow changes, gathered for `coalesceMs`. `interval`: Mesos' timing. */
  readonly trigger: "event" | "interval";
  readonly intervalMs: number;
  readonly coalesceMs: number;
  readonly roleSorter: "drf" | "random";
  readonly frameworkSorter: "drf" | "random";
  /** An offer must contain one of these sets; an empty list = anything that is not empty. */
  readonly minAllocatable: readonly Quantities[];
  readonly filterGpuResources: boolean;
  /** Names that never make a share dominant. */
  readonly fairSharingExcluded: readonly string[];
  /** Ask frameworks last that declined their last three offers whole. */
  readonly demandAware: boolean;
  /** `fullest`: least free first, ties shuffled. `shuffled`: as Mesos. */
  readonly agentOrder: "fullest" | "shuffled";
  readonly shareCountsIdleReservations: boolean;
  readonly masterRegion?: string;
  readonly whitelist?: readonly string[];
  /** After a failover: with any quota set, nothing is offered before enough agents are back. */
  readonly recover?: {
    readonly expectedAgents: number;
    /** 0..1 of the expected agents. */
    readonly factor: number;
    readonly timeoutMs: number;
  };
  /** Id of the built-in framework that stands for waiting pods. */
  readonly podsFrameworkId: FrameworkId;
}

export const allocatorDefaults: Omit<AllocatorOptions, "seed"> = {
  trigger: "event",
  intervalMs: 1000,
  coalesceMs: 5,
  roleSorter: "drf",
  frameworkSorter: "drf",
  minAllocatable: [{ cpus: 10 }, { mem: 32_000 }],
  filterGpuResources: true,
  fairSharingExcluded: [],
  demandAware: true,
  agentOrder: "fullest",
  shareCountsIdleReservations: false,
  podsFrameworkId: asId<FrameworkId>("kubernetes-pods"),
};
