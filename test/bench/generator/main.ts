// The generator's process: one order in, one report out. See order.ts.
import type { GeneratorMessage, TrafficOrder } from "./order.ts";
import { Traffic } from "./traffic.ts";

// Whoever ordered it is gone.
process.once("disconnect", () => process.exit(1));
process.once("message", (order: TrafficOrder) => {
  // A failure ends the process, which is an answer too.
  void generate(order);
});

async function generate(order: TrafficOrder): Promise<void> {
  const traffic = new Traffic(order);
  await traffic.begin();
  tell({ kind: "ready" });
  const report = await traffic.run(tell);
  // All connections end with the process.
  process.send?.({ kind: "done", report } satisfies GeneratorMessage, () => process.exit(0));
}

function tell(message: GeneratorMessage): void {
  process.send?.(message);
}
