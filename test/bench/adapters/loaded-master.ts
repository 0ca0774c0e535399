// A process of its own, so that its memory is that of a master and not of the bench; see workloads/memory.ts.
import { MemoryRegistry } from "../../support/mesos/memory-registry.ts";
import { GcPauses } from "../run/gc-pauses.ts";
import { populateMaster } from "../workloads/master-population.ts";
import type { HeldMemory, MemoryOrder } from "../workloads/memory.ts";

/** A second collection frees what finalizers of the first let go. */
const COLLECTIONS = 2;

process.once("message", (order: MemoryOrder) => {
  // A failure ends the process, which is an answer too.
  void hold(order).then((held) => process.send?.(held, () => process.exit(0)));
});

async function hold({ population, seed }: MemoryOrder): Promise<HeldMemory> {
  collect();
  const emptyHeapBytes = process.memoryUsage().heapUsed;
  const pauses = new GcPauses();
  const master = await populateMaster(population, new MemoryRegistry(), seed);
  const gcMaxMs = pauses.end();
  collect();
  const startedMs = performance.now();
  globalThis.gc?.();
  const fullGcMs = performance.now() - startedMs;
  const { heapUsed: heapBytes, rss: rssBytes } = process.memoryUsage();
  await master.stop();
  return { emptyHeapBytes, heapBytes, rssBytes, gcMaxMs, fullGcMs };
}

function collect(): void {
  for (let i = 0; i < COLLECTIONS; i += 1) globalThis.gc?.();
}
