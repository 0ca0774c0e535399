import type { FrameworkCapability } from "../framework-capability.ts";
import type { Resources } from "../../resources/resource.ts";

/** What an operation is validated against. */
export interface OperationContext {
  readonly agentId: string;
  readonly agentCapabilities: readonly string[];
  /** Whether the agent can make persistent volumes. */
  readonly makesVolumes: boolean;
  /** Who asks; undefined = an operator. */
  readonly framework?: OperatingFramework;
  /** Whose reservations and volumes these are to be; undefined = nobody was asked for one. */
  readonly principal?: string;
  /** Reservations and volumes of the agent. */
  readonly checkpointed: Resources;
  /** What is in use on the agent. */
  readonly used: Resources;
  /** Room for operations in the record that stands for the agent's memory; absent = it has its own. */
  readonly recordBytesLeft?: number;
}

export interface OperatingFramework {
  readonly id: string;
  readonly roles: readonly string[];
  readonly capabilities: ReadonlySet<FrameworkCapability>;
  /** Role of the offers. */
  readonly role: string;
}
