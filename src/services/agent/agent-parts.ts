import type { Clock } from "../../runtime/ports/clock.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import type { Random } from "../../runtime/ports/random.ts";
import type { LaunchAttemptsParts } from "./runs/launch-attempts.ts";
import type { AgentMetrics } from "./metrics.ts";
import type {
  InventorySource,
  Journal,
  Launcher,
  MasterLink,
  UsageReader,
  VolumeStore,
} from "./ports.ts";
import type { RunCompletionParts } from "./runs/run-completion.ts";
import type { RunDriverParts } from "./runs/run-driver.ts";
import type { AgentDescription } from "./link/subscription.ts";

export type AgentOptions = AgentDescription &
  RunDriverParts["options"] &
  LaunchAttemptsParts["options"] &
  RunCompletionParts["options"];

/** What an agent is given to work with. */
export interface AgentParts {
  readonly link: MasterLink;
  readonly launcher: Launcher;
  readonly journal: Journal;
  readonly inventory: InventorySource;
  /** Absent: the launcher mounts no persistent volumes, so none are made. */
  readonly volumes?: VolumeStore;
  readonly usage: UsageReader;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly metrics: AgentMetrics;
  readonly options: AgentOptions;
}
