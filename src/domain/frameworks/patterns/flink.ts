import type { PatternSpec } from "../pattern/pattern-spec.ts";
import { always, composePattern, HOLD } from "./compose-pattern.ts";
import type { PatternOptions } from "./pattern-options.ts";

/**
 * Flink: a job manager, then task managers as long as its job needs their slots; one that fails is replaced.
 * `instances` are the task managers, from times on; 0 is a session without a job.
 * @see flink@1.13 `MesosResourceManagerDriver`
 */
export function flink(options: PatternOptions): PatternSpec {
  return composePattern(options, {
    singles: [
      {
        name: "job-manager",
        cpuMillis: 1000,
        memMiB: 1024,
        ports: [{ name: "rpc" }, { name: "blob" }, { name: "rest" }],
        command: HOLD,
      },
    ],
    main: {
      name: "task-manager",
      cpuMillis: 2000,
      memMiB: 1024,
      ports: [{ name: "rpc" }, { name: "data" }],
      command: HOLD,
      after: ["job-manager"],
    },
    instances: options.instances ?? always(2),
    refuseSeconds: 5,
  });
}
