import type { PatternSpec } from "../pattern/pattern-spec.ts";
import { always, companionKind, composePattern, HOLD } from "./compose-pattern.ts";
import type { PatternOptions } from "./pattern-options.ts";
import { EXECUTOR_MEM_MIB } from "./spark-coarse.ts";

/**
 * Spark in fine-grained mode: one Mesos task per slot, given back as soon as it finished, beside one executor per agent that
 * keeps one core and its memory until the application ends. `instances` are the tasks at a time.
 * @see spark@2.4 `MesosFineGrainedSchedulerBackend`
 */
export function sparkFine(options: PatternOptions): PatternSpec {
  return composePattern(options, {
    main: {
      name: "task",
      cpuMillis: 1000,
      // Memory is the executor's; a task of its own needs a little.
      memMiB: options.executors === "custom" ? 0 : 32,
      command: "sleep 2",
      finishCount: options.tasks ?? 100,
      companion: {
        name: "executor",
        cpuMillis: 1000,
        memMiB: EXECUTOR_MEM_MIB,
        command: HOLD,
        as: companionKind(options),
        endsWith: "framework",
      },
    },
    instances: options.instances ?? always(16),
    refuseSeconds: 5,
  });
}
