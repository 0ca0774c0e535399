import type { PatternSpec } from "../pattern/pattern-spec.ts";
import {
  always,
  commonOf,
  component,
  HOLD,
  phasesOf,
  type PatternOptions,
} from "./pattern-options.ts";

/**
 * Flink: a job manager, then task managers as long as its job needs their slots; one that fails is replaced.
 * `instances` are the task managers, from times on; 0 is a session without a job.
 * @see flink@1.13 `MesosResourceManagerDriver`
 */
export function flink(options: PatternOptions): PatternSpec {
  return {
    ...commonOf(options),
    components: [
      component({
        name: "job-manager",
        cpuMillis: 1000,
        memMiB: 1024,
        ports: [{ name: "rpc" }, { name: "blob" }, { name: "rest" }],
        command: HOLD,
      }),
      component({
        name: "task-manager",
        cpuMillis: options.cpuMillis ?? 2000,
        memMiB: options.memMiB ?? 1024,
        ports: [{ name: "rpc" }, { name: "data" }],
        command: options.command ?? HOLD,
        after: ["job-manager"],
      }),
    ],
    phases: phasesOf("task-manager", options.instances ?? always(2), { "job-manager": 1 }),
    refuseSeconds: 5,
  };
}
