import type { PatternSpec } from "../pattern/pattern-spec.ts";
import { commonOf, component, HOLD, phasesOf, type PatternOptions } from "./pattern-options.ts";

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
  return {
    ...commonOf(options),
    components: [
      component({
        name: "resource-manager",
        cpuMillis: 500,
        memMiB: 1024,
        ports: [{ name: "rpc" }, { name: "scheduler" }, { name: "tracker" }, { name: "web" }],
        command: HOLD,
      }),
      component({
        name: "node-manager",
        cpuMillis: options.cpuMillis ?? 4000,
        memMiB: options.memMiB ?? 4096,
        ports: [{ name: "rpc" }, { name: "localizer" }, { name: "web" }, { name: "shuffle" }],
        command: options.command ?? HOLD,
        isOnePerAgent: true,
        after: ["resource-manager"],
      }),
    ],
    phases: phasesOf("node-manager", flex, { "resource-manager": 1 }),
    refuseSeconds: 5,
  };
}
