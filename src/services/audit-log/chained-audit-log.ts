import type { AuditEntry, AuditLog } from "../../runtime/ports/audit-log.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import { chain, CHAIN_BEGIN } from "./audit-chain.ts";
import type { ChainEnd, LineSink } from "./ports.ts";

export interface ChainedAuditLogParts {
  /** Who writes, e.g. `master mesos-master-0`. */
  readonly process: string;
  readonly sink: LineSink;
  readonly clock: Pick<Clock, "nowMs">;
  /** Where an earlier run left off; absent: a chain of its own. */
  readonly begin?: ChainEnd;
}

/** One JSON line per entry, each with the hash of the one before, so that a line that is missing or was changed shows. */
export class ChainedAuditLog implements AuditLog {
  readonly #parts: ChainedAuditLogParts;
  #end: ChainEnd;

  constructor(parts: ChainedAuditLogParts) {
    this.#parts = parts;
    this.#end = parts.begin ?? CHAIN_BEGIN;
  }

  write(entry: AuditEntry): void {
    const { process, sink, clock } = this.#parts;
    const record = chain(this.#end, entry, { process, nowMs: clock.nowMs() });
    this.#end = { id: record.id, hash: record.hash };
    sink.write(JSON.stringify(record));
  }
}
