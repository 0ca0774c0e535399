/** How many instances from what time on, counted from the first subscription. */
export type Instances = readonly { readonly afterMs: number; readonly count: number }[];

/** What a user says of a pattern; each pattern has its own defaults. */
export interface PatternOptions {
  readonly name: string;
  readonly role: string;
  readonly principal?: string;
  /** Instances of the pattern's main component, from times on; one entry at 0 = always so many. */
  readonly instances?: Instances;
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
