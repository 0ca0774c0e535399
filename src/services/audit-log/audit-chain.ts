import { createHash } from "node:crypto";
import type { AuditEntry } from "../../runtime/ports/audit-log.ts";
import type { ChainEnd } from "./ports.ts";

/** Hash before the first line of a chain. */
const NO_HASH = "0".repeat(64);

export const CHAIN_BEGIN: ChainEnd = { id: 0, hash: NO_HASH };

/** A line of the audit log; `id` counts from 1 within a chain. */
export interface AuditRecord {
  /** RFC 3339. */
  readonly ts: string;
  readonly id: number;
  readonly process: string;
  readonly principal: string;
  readonly groups: readonly string[];
  readonly sourceIp: string;
  readonly verb: string;
  readonly resource: string;
  readonly code: number;
  readonly outcome: AuditEntry["outcome"];
  readonly prevHash: string;
  /** SHA-256 over the line without this field. */
  readonly hash: string;
}

/** The next record of a chain. */
export function chain(
  before: ChainEnd,
  entry: AuditEntry,
  about: { readonly process: string; readonly nowMs: number },
): AuditRecord {
  const unsigned: Omit<AuditRecord, "hash"> = {
    ts: new Date(about.nowMs).toISOString(),
    id: before.id + 1,
    process: about.process,
    principal: entry.principal ?? "",
    groups: entry.groups,
    sourceIp: entry.sourceIp,
    verb: entry.verb,
    resource: entry.resource,
    code: entry.code,
    outcome: entry.outcome,
    prevHash: before.hash,
  };
  return { ...unsigned, hash: sha256(JSON.stringify(unsigned)) };
}

export type ChainVerdict =
  | { readonly ok: true; readonly lines: number; readonly end: ChainEnd }
  /** `line` counts from 1. */
  | { readonly ok: false; readonly line: number; readonly message: string };

/** Whether a chain is whole: any line that was removed, moved or changed shows, but for those cut off its end. */
export function verifyChain(lines: readonly string[], begin: ChainEnd = CHAIN_BEGIN): ChainVerdict {
  let end = begin;
  for (const [i, line] of lines.entries()) {
    const record = readRecord(line);
    const fault = record === undefined ? "is no record of an audit" : faultOf(record, line, end);
    if (record === undefined || fault !== undefined) {
      return { ok: false, line: i + 1, message: fault ?? "" };
    }
    end = { id: record.id, hash: record.hash };
  }
  return { ok: true, lines: lines.length, end };
}

function faultOf(record: AuditRecord, line: string, before: ChainEnd): string | undefined {
  const { hash, ...unsigned } = record;
  // The text itself counts: another spelling of the same values is a change too.
  if (JSON.stringify(record) !== line || sha256(JSON.stringify(unsigned)) !== hash) {
    return "was changed";
  }
  if (record.id !== before.id + 1) return `is number ${record.id}, not ${before.id + 1}`;
  return record.prevHash === before.hash ? undefined : "does not follow the line before";
}

/** How far the chain of a line has come; undefined when it is no record. */
export function endOf(line: string): ChainEnd | undefined {
  const record = readRecord(line);
  return record === undefined ? undefined : { id: record.id, hash: record.hash };
}

function readRecord(line: string): AuditRecord | undefined {
  try {
    const raw = JSON.parse(line) as Partial<AuditRecord> | null;
    return typeof raw?.id === "number" && typeof raw.hash === "string"
      ? (raw as AuditRecord)
      : undefined;
  } catch {
    return undefined;
  }
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
