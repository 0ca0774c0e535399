import { encodeBase64 } from "../../api/mesos/base64.ts";
import type { StatusStamp } from "../../domain/agent/task-status.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import type { Random } from "../../runtime/ports/random.ts";
import type { Journal } from "./ports.ts";

export interface AgentIdentityParts {
  readonly journal: Pick<Journal, "writeAgent">;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/** Who this agent is at the master, over restarts, and the stamp of each status it makes. */
export class AgentIdentity {
  readonly #parts: AgentIdentityParts;
  #known: string | undefined;

  constructor(parts: AgentIdentityParts) {
    this.#parts = parts;
  }

  /** Undefined until a master has taken this agent. */
  get known(): string | undefined {
    return this.#known;
  }

  /** For the wire, where it is text: empty only before a master has taken this agent. */
  get agentId(): string {
    return this.#known ?? "";
  }

  /** The id of a former life. */
  restore(agentId: string | undefined): void {
    this.#known = agentId;
  }

  /** The id the master uses from now on; made durable when it is a new one. */
  register(agentId: string): void {
    const before = this.#known;
    this.#known = agentId;
    if (before === agentId) return;
    const { journal, logger } = this.#parts;
    journal.writeAgent(agentId).catch((error: unknown) => {
      logger.error("the agent id could not be recorded; a restart would register a new agent", {
        agentId,
        error,
      });
    });
  }

  /** Each stamp has a uuid of its own. */
  stamp(): StatusStamp {
    const hex = this.#parts.random.uuid().replaceAll("-", "");
    return {
      agentId: this.agentId,
      uuid: encodeBase64(Buffer.from(hex, "hex")),
      nowMs: this.#parts.clock.nowMs(),
    };
  }
}
