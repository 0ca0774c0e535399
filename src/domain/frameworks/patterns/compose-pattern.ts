import type { CompanionSpec, ComponentSpec, PatternSpec } from "../pattern/pattern-spec.ts";
import type { Instances, PatternOptions } from "./pattern-options.ts";

/** A component with what it needs; the things that few have may be left out. */
type ComponentShape = Pick<ComponentSpec, "name" | "cpuMillis" | "memMiB" | "command"> &
  Partial<ComponentSpec>;

/** What is a pattern's own. */
interface PatternShape {
  /** Components of one instance each, which the main one builds on. */
  readonly singles?: readonly ComponentShape[];
  /** What the options speak of; its size and command hold where they say nothing. */
  readonly main: ComponentShape;
  /** Of the main component. */
  readonly instances: Instances;
  readonly refuseSeconds: number;
}

/** A pattern of one main component, as the options want it, and of what stands beside that. */
export function composePattern(options: PatternOptions, shape: PatternShape): PatternSpec {
  const { name, role, principal, endsAfterMs } = options;
  const { singles = [], main, instances, refuseSeconds } = shape;
  const fixed = Object.fromEntries(singles.map((single) => [single.name, 1]));
  return {
    name,
    role,
    ...(principal === undefined ? {} : { principal }),
    ...(endsAfterMs === undefined ? {} : { endsAfterMs }),
    components: [
      ...singles.map(component),
      component({
        ...main,
        cpuMillis: options.cpuMillis ?? main.cpuMillis,
        memMiB: options.memMiB ?? main.memMiB,
        command: options.command ?? main.command,
      }),
    ],
    phases: instances
      .toSorted((a, b) => a.afterMs - b.afterMs)
      .map(({ afterMs, count }) => ({ afterMs, instances: { ...fixed, [main.name]: count } })),
    refuseSeconds,
  };
}

function component(shape: ComponentShape): ComponentSpec {
  return { ports: [], isOnePerAgent: false, after: [], isOneByOne: false, ...shape };
}

/** Always so many. */
export function always(count: number): Instances {
  return [{ afterMs: 0, count }];
}

/** Stands in for a service: it holds what it was given until it is killed. */
export const HOLD = "while :; do sleep 3600 & wait; done";

/** What a companion is, by the executors the agents run. */
export function companionKind({ executors }: PatternOptions): CompanionSpec["as"] {
  return executors === "custom" ? "customExecutor" : "task";
}
