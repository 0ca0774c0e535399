import type { PatternSpec } from "../pattern/pattern-spec.ts";
import { always, composePattern, HOLD } from "./compose-pattern.ts";
import type { PatternOptions } from "./pattern-options.ts";

/**
 * Spark in coarse-grained mode: one long-lived executor per agent takes every core it is offered until the application has
 * `spark.cores.max`, and holds them until the application ends. `instances` are those cores.
 * An agent where two executors failed is left alone; offers beyond the maximum are refused for two minutes.
 * @see spark@2.4 `MesosCoarseGrainedSchedulerBackend`
 */
export function sparkCoarse(options: PatternOptions): PatternSpec {
  const cores = Math.max(...(options.instances ?? always(CORES_MAX)).map(({ count }) => count));
  return composePattern(options, {
    main: {
      name: "executor",
      cpuMillis: 1000,
      memMiB: EXECUTOR_MEM_MIB,
      command: HOLD,
      isOnePerAgent: true,
      coresMax: cores,
      agentFailuresMax: 2,
    },
    // Cores bound it, not their number: an executor may be as small as one core.
    instances: always(cores),
    refuseSeconds: 120,
  });
}

const CORES_MAX = 8;
/** `spark.executor.memory` of 1 GiB and the overhead of 384 MiB. */
export const EXECUTOR_MEM_MIB = 1408;
