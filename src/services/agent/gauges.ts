import { isRunOver } from "../../domain/agent/run.ts";
import type { AgentService } from "./agent-service.ts";
import type { AgentMetrics } from "./metrics.ts";

/** Sets the gauges that are computed only when somebody looks, over all agents of the process. */
export function fillGauges(metrics: AgentMetrics, services: readonly AgentService[]): void {
  let containers = 0;
  let executors = 0;
  let pending = 0;
  for (const service of services) {
    const live = service.runs().filter((run) => !isRunOver(run));
    containers += live.flatMap((run) => run.tasks.filter((t) => t.stage === "running")).length;
    executors += new Set(live.map(({ record }) => `${record.frameworkId}\n${record.executorId}`))
      .size;
    pending += service.pendingUpdates;
  }
  metrics.containersRunning.set(containers);
  metrics.executorsRunning.set(executors);
  metrics.updatesPending.set(pending);
}
