import type { ComponentSpec, Phase } from "../pattern/pattern-spec.ts";

/** What a user says of a pattern; each pattern has its own defaults. */
export interface PatternOptions {
  readonly name: string;
  readonly role: string;
  readonly principal?: string;
  /** Instances of the pattern's main component, from times on; one entry at 0 = always so many. */
  readonly instances?: readonly { readonly afterMs: number; readonly count: number }[];
  readonly cpuMillis?: number;
  readonly memMiB?: number;
  /** Command of the main component, in place of the stand-in. */
  readonly command?: string;
  /** Tasks that shall finish, where tasks do. */
  readonly tasks?: number;
  readonly endsAfterMs?: number;
  /** Gives back what an earlier run kept over its end (reservations, volumes), and ends. */
  readonly isUninstall?: boolean;
  /** Executors of real ones are custom executors; agents that do not run those get a task instead. */
  readonly executors: "custom" | "task";
  /** Folder of the programs on the agents, with a slash at its end; "" = found in the path. */
  readonly binDir: string;
}

/** Stands in for a service: it holds what it was given until it is killed. */
export const HOLD = "while :; do sleep 3600 & wait; done";

/** A component without the things that few have. */
export function component(
  spec: Pick<ComponentSpec, "name" | "cpuMillis" | "memMiB" | "command"> & Partial<ComponentSpec>,
): ComponentSpec {
  return { ports: [], isOnePerAgent: false, after: [], isOneByOne: false, ...spec };
}

/** `main` in the numbers asked for, the others in their fixed ones. */
export function phasesOf(
  main: string,
  wanted: readonly { readonly afterMs: number; readonly count: number }[],
  others: Readonly<Record<string, number>> = {},
): readonly Phase[] {
  return wanted
    .toSorted((a, b) => a.afterMs - b.afterMs)
    .map(({ afterMs, count }) => ({ afterMs, instances: { ...others, [main]: count } }));
}

/** Always so many. */
export function always(count: number): readonly { afterMs: number; count: number }[] {
  return [{ afterMs: 0, count }];
}

/** What all patterns take over from the options as it is. */
export function commonOf({ name, role, principal, endsAfterMs }: PatternOptions) {
  return {
    name,
    role,
    ...(principal === undefined ? {} : { principal }),
    ...(endsAfterMs === undefined ? {} : { endsAfterMs }),
  };
}
