import { createHash } from "node:crypto";
import { z } from "zod";
import { OperatingError } from "../../../api/errors/operating-error.ts";
import type { RegistryKind } from "../ports.ts";

/** Every kind of record, in the order in which a backup holds them. */
export const BACKUP_KINDS: readonly RegistryKind[] = [
  "term",
  "agent",
  "unreachable",
  "gone",
  "drain",
  "machine",
  "framework",
  "completed",
  "operation",
  "quota",
  "weight",
  "workload",
  "job",
];

const FORMAT = "orchestrator.io/state";
const headSchema = z.strictObject({
  format: z.literal(FORMAT),
  version: z.literal(1),
  /** What it is a backup of; for people. */
  source: z.string(),
  takenAt: z.string(),
});
const recordSchema = z.strictObject({
  kind: z.enum(BACKUP_KINDS as [RegistryKind, ...RegistryKind[]]),
  key: z.string().min(1),
  value: z.base64(),
});
const tailSchema = z.strictObject({
  records: z.number().int().nonnegative(),
  /** Of everything above this line. */
  sha256: z.string(),
});

export interface BackupRecord {
  readonly kind: RegistryKind;
  readonly key: string;
  readonly bytes: Uint8Array;
}

export interface Backup {
  readonly source: string;
  readonly takenAt: string;
  readonly records: readonly BackupRecord[];
}

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

/** JSON lines: a head, one line per record, a tail with count and digest. Equal states give equal lines between. */
export function formatBackup({ source, takenAt, records }: Backup): string {
  const lines = [
    { format: FORMAT, version: 1, source, takenAt },
    ...records.map(({ kind, key, bytes }) => ({
      kind,
      key,
      value: Buffer.from(bytes).toString("base64"),
    })),
  ];
  const body = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
  return `${body}${JSON.stringify({ records: records.length, sha256: digestOf(body) })}\n`;
}

/** @throws {OperatingError} REGISTRY_CORRUPT when anything was lost, added or changed. */
export function parseBackup(text: string): Backup {
  const end = text.trimEnd().lastIndexOf("\n") + 1;
  const body = text.slice(0, end);
  const tail = readLine(tailSchema, text.slice(end), "the last line");
  const [first = "", ...rest] = body.split("\n").filter((line) => line !== "");
  if (tail.sha256 !== digestOf(body) || tail.records !== rest.length) {
    throw corrupt("its digest is not that of its records");
  }
  const { source, takenAt } = readLine(headSchema, first, "the first line");
  const records = rest.map((line, index) => {
    const { kind, key, value } = readLine(recordSchema, line, `line ${index + 2}`);
    return { kind, key, bytes: new Uint8Array(Buffer.from(value, "base64")) };
  });
  return { source, takenAt, records };
}

function readLine<S extends z.ZodType>(schema: S, line: string, place: string): z.output<S> {
  try {
    return schema.parse(JSON.parse(line));
  } catch (cause) {
    throw corrupt(`${place} cannot be read`, cause);
  }
}

function corrupt(why: string, cause?: unknown): OperatingError {
  return new OperatingError("REGISTRY_CORRUPT", `this is no whole backup: ${why}`, {
    hint: "Take another backup; nothing was written.",
    ...(cause === undefined ? {} : { cause }),
  });
}
