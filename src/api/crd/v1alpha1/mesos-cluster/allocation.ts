import { z } from "zod";
import { listOf } from "../schema/collections.ts";
import { int, seconds } from "../schema/numbers.ts";
import { choice, filled, text } from "../schema/text.ts";

/** How the allocator decides; masters apply changes live. */
export const Allocation = z.object({
  intervalMs: int(1, 3_600_000).default(1000),
  coalesceMs: int(0, 60_000).default(5),
  offerTimeoutSeconds: seconds(0).default(5).describe("0 = never."),
  maxTasksPerOffer: int(0, 100_000).default(100).describe("0 = no bound."),
  minAllocatable: text(1024).default("cpus:0.01|mem:32"),
  roleSorter: choice("drf", "random"),
  frameworkSorter: choice("drf", "random"),
  fairSharingExcluded: listOf(filled(), 32).prefault([]),
  filterGpuResources: z.boolean().default(true),
  demandAware: z.boolean().default(true),
});

export type Allocation = z.output<typeof Allocation>;
