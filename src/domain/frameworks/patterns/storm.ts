import type { PatternSpec } from "../pattern/pattern-spec.ts";
import { always, companionKind, composePattern, HOLD } from "./compose-pattern.ts";
import type { PatternOptions } from "./pattern-options.ts";

/**
 * Storm: each worker slot is a task that holds one port and the cpus and memory of a worker, beside a supervisor per agent
 * that ends with the last worker there. `instances` are the slots of the topology.
 * @see storm-mesos@0.2 `MesosNimbus`, `topology.mesos.worker.cpu`, `topology.mesos.executor.cpu`
 */
export function storm(options: PatternOptions): PatternSpec {
  return composePattern(options, {
    main: {
      name: "worker",
      cpuMillis: 1000,
      memMiB: 1000,
      ports: [{ name: "slot" }],
      command: HOLD,
      companion: {
        name: "supervisor",
        cpuMillis: 100,
        memMiB: 500,
        command: HOLD,
        as: companionKind(options),
        endsWith: "tasks",
      },
    },
    instances: options.instances ?? always(4),
    refuseSeconds: 120,
  });
}
