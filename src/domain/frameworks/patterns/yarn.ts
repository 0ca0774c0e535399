import type { PatternSpec } from "../pattern/pattern-spec.ts";
import { composePattern, HOLD } from "./compose-pattern.ts";
import type { PatternOptions } from "./pattern-options.ts";

/**
 * Hadoop YARN as Myriad runs it: a resource manager, then node managers, one per agent, which are added (flex up) and taken
 * away (flex down) as its queue grows and shrinks. `instances` are the node managers, from times on.
 * @see myriad@0.2 `FlexUpClusterRequest`, profile `medium`
 */
export function yarn(options: PatternOptions): PatternSpec {
  const flex = options.instances ?? [
    { afterMs: 0, count: 2 },
    { afterMs: 60_000, count: 4 },
    { afterMs: 180_000, count: 1 },
  ];
  return composePattern(options, {
    singles: [
      {
        name: "resource-manager",
        cpuMillis: 500,
        memMiB: 1024,
        ports: [{ name: "rpc" }, { name: "scheduler" }, { name: "tracker" }, { name: "web" }],
        command: HOLD,
      },
    ],
    main: {
      name: "node-manager",
      cpuMillis: 4000,
      memMiB: 4096,
      ports: [{ name: "rpc" }, { name: "localizer" }, { name: "web" }, { name: "shuffle" }],
      command: HOLD,
      isOnePerAgent: true,
      after: ["resource-manager"],
    },
    instances: flex,
    refuseSeconds: 5,
  });
}
