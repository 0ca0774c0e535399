/** A port a task needs: a fixed number, or any of the offer. */
export interface PortSpec {
  readonly name: string;
  readonly number?: number;
}

/**
 * What stands beside the tasks of a component, once per agent: a Spark fine-grained executor, a Storm supervisor. As a *custom
 * executor* it is an ExecutorInfo of each task; as a *task* it is a task of its own, launched before the first one there.
 */
export interface CompanionSpec {
  readonly name: string;
  readonly cpuMillis: number;
  readonly memMiB: number;
  readonly command: string;
  readonly as: "customExecutor" | "task";
  /** As a task: it ends with the last task beside it, or with the framework. */
  readonly endsWith: "tasks" | "framework";
}

/** What a component keeps on its agent over restarts: its resources reserved, and a persistent volume. */
export interface HomeSpec {
  readonly diskMiB: number;
  readonly containerPath: string;
}

/** One kind of task of a pattern. */
export interface ComponentSpec {
  /** First part of its task ids: letters, digits and dashes. */
  readonly name: string;
  readonly cpuMillis: number;
  readonly memMiB: number;
  readonly ports: readonly PortSpec[];
  /** Shell command. `{{host}}`, `{{index}}`, `{{port.NAME}}` and `{{COMPONENT.NAME}}` (address of another's port) are filled in. */
  readonly command: string;
  readonly image?: string;
  readonly isOnePerAgent: boolean;
  /** Takes every whole core of an offer, until all instances together have so many. `cpuMillis` is the least. */
  readonly coresMax?: number;
  /** Components whose wanted instances must all run first. */
  readonly after: readonly string[];
  /** The next instance starts only when those before it run. */
  readonly isOneByOne: boolean;
  /** Finishes by itself; so many shall finish. Absent: a service, which is started again when it ends. */
  readonly finishCount?: number;
  /** An agent where it failed so often is left alone. */
  readonly agentFailuresMax?: number;
  readonly companion?: CompanionSpec;
  readonly home?: HomeSpec;
}

/** How many instances are wanted from some time on, counted from the first subscription. */
export interface Phase {
  readonly afterMs: number;
  readonly instances: Readonly<Record<string, number>>;
}

/** A framework that asks for, keeps and gives back what a known one does. */
export interface PatternSpec {
  /** Name of the framework: what it reserves and its volumes carry it. */
  readonly name: string;
  readonly role: string;
  readonly principal?: string;
  readonly components: readonly ComponentSpec[];
  /** In order of time; the last one that has begun counts. */
  readonly phases: readonly Phase[];
  /** Offers it cannot use are refused for so long. */
  readonly refuseSeconds: number;
  /** From the first subscription on; then it ends and gives everything back. Undefined: runs until it is stopped. */
  readonly endsAfterMs?: number;
  /** All homes are given back, volumes destroyed and resources unreserved, as they are offered; then it ends. */
  readonly givesHomesBack?: boolean;
}

export function wantedInstances(
  spec: PatternSpec,
  component: string,
  sinceStartMs: number,
): number {
  const begun = spec.phases.findLast(({ afterMs }) => afterMs <= sinceStartMs);
  return begun?.instances[component] ?? 0;
}

/** Ms since the start at which something changes next by itself. */
export function nextPhaseMs(spec: PatternSpec, sinceStartMs: number): number | undefined {
  const times = [...spec.phases.map(({ afterMs }) => afterMs), spec.endsAfterMs ?? 0];
  return times.filter((it) => it > sinceStartMs).sort((a, b) => a - b)[0];
}
