import type { PatternSpec } from "../pattern/pattern-spec.ts";
import { always, composePattern, HOLD } from "./compose-pattern.ts";
import type { PatternOptions } from "./pattern-options.ts";

/**
 * Cassandra: one node per agent, started one after the other. The first ACCEPT on an agent reserves what the node needs,
 * makes a persistent volume and launches; from then on the node is launched nowhere but there, on its own data, and the
 * reservation outlives it and the framework. `instances` are the nodes.
 * An uninstall ends the nodes, destroys their volumes and unreserves.
 * Its role must not be `*`, which cannot be reserved for.
 */
export function cassandra(options: PatternOptions): PatternSpec {
  const { isUninstall = false } = options;
  const pattern = composePattern(options, {
    main: {
      name: "node",
      cpuMillis: 1000,
      memMiB: 2048,
      ports: [{ name: "storage" }, { name: "jmx" }, { name: "native" }],
      command: `date >> data/starts; ${HOLD}`,
      isOnePerAgent: true,
      isOneByOne: true,
      home: { diskMiB: 1024, containerPath: "data" },
    },
    instances: isUninstall ? always(0) : (options.instances ?? always(3)),
    refuseSeconds: 5,
  });
  return { ...pattern, givesHomesBack: isUninstall };
}
