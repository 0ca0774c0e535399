import { OperatingError } from "../../../api/errors/operating-error.ts";
import type { Registry, RegistryRecord } from "../ports.ts";
import { termRecordSchema } from "../core/records.ts";
import type { Backup, BackupRecord } from "./backup-format.ts";
import { BACKUP_KINDS } from "./backup-format.ts";

/** All records of a registry. Taken while masters run it is as good as a crash: each record is whole, each kind of one moment. */
export async function takeBackup(
  registry: Registry,
  source: string,
  nowMs: number,
): Promise<Backup> {
  const records: BackupRecord[] = [];
  for (const kind of BACKUP_KINDS) {
    const found = [...(await registry.list(kind))].sort((a, b) => (a.key < b.key ? -1 : 1));
    records.push(...found.map(({ key, bytes }) => ({ kind, key, bytes })));
  }
  return { source, takenAt: new Date(nowMs).toISOString(), records };
}

export interface Restored {
  readonly written: number;
  /** Records that were there and are not in the backup. */
  readonly removed: number;
}

/**
 * Makes a registry hold what the backup holds, and the higher of both terms: a term that agents have seen is never used
 * again. No master may lead meanwhile.
 *
 * @throws {OperatingError} REGISTRY_CONFLICT when it holds records already and `replace` is false; nothing is written then.
 */
export async function restoreBackup(
  registry: Registry,
  backup: Backup,
  { replace }: { readonly replace: boolean },
): Promise<Restored> {
  const present: RegistryRecord[] = [];
  for (const kind of BACKUP_KINDS) present.push(...(await registry.list(kind)));
  if (present.length > 0 && !replace) {
    throw new OperatingError("REGISTRY_CONFLICT", "the registry is not empty", {
      hint: "Give --replace to make it hold exactly what the backup holds.",
      details: { records: present.length },
    });
  }
  const known = new Map(present.map((record) => [placeOf(record), record]));
  const wanted = new Set(backup.records.map(placeOf));
  for (const record of backup.records) {
    const { kind, key } = record;
    await registry.put(kind, key, withHigherTerm(record, known.get(placeOf(record))));
  }
  const extra = present.filter((record) => record.kind !== "term" && !wanted.has(placeOf(record)));
  for (const { kind, key, version } of extra) await registry.delete(kind, key, version);
  return { written: backup.records.length, removed: extra.length };
}

const placeOf = ({ kind, key }: Pick<BackupRecord, "kind" | "key">): string => `${kind}/${key}`;

function withHigherTerm(record: BackupRecord, present: BackupRecord | undefined): Uint8Array {
  if (record.kind !== "term" || present === undefined) return record.bytes;
  return termOf(present) > termOf(record) ? present.bytes : record.bytes;
}

function termOf({ bytes }: BackupRecord): number {
  return termRecordSchema.parse(JSON.parse(new TextDecoder().decode(bytes))).term;
}
