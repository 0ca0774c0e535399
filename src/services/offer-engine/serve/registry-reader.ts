import { z } from "zod";
import { OperatingError } from "../../../api/errors/operating-error.ts";
import type { Keyed, RecoveredRecords } from "../core/recovered-records.ts";
import {
  agentRecordSchema,
  checkpointRecordSchema,
  completedRecordSchema,
  drainRecordSchema,
  frameworkRecordSchema,
  goneRecordSchema,
  isMachineKey,
  machineRecordSchema,
  termRecordSchema,
  unreachableRecordSchema,
} from "../core/records.ts";
import type { Registry, RegistryKind } from "../ports.ts";

/** Everything a new leader needs. @throws {OperatingError} REGISTRY_CORRUPT for a record that cannot be read. */
export async function readRecords(registry: Registry): Promise<RecoveredRecords> {
  return {
    agents: await readKind(registry, "agent", agentRecordSchema),
    unreachable: await readKind(registry, "unreachable", unreachableRecordSchema),
    gone: await readKind(registry, "gone", goneRecordSchema),
    drains: await readKind(registry, "drain", drainRecordSchema),
    checkpoints: await readKind(registry, "operation", checkpointRecordSchema),
    machines: await readKind(registry, "machine", machineRecordSchema, isMachineKey),
    frameworks: await readKind(registry, "framework", frameworkRecordSchema),
    completed: await readKind(registry, "completed", completedRecordSchema),
  };
}

/** The records of a kind whose key is wanted; default all. @throws {OperatingError} REGISTRY_UNAVAILABLE, REGISTRY_CORRUPT */
export async function readKind<S extends z.ZodType>(
  registry: Registry,
  kind: RegistryKind,
  schema: S,
  isWanted: (key: string) => boolean = () => true,
): Promise<readonly Keyed<z.infer<S>>[]> {
  const records = (await registry.list(kind)).filter(({ key }) => isWanted(key));
  return records.map(({ key, bytes }) => ({ key, value: parseRecord(kind, key, bytes, schema) }));
}

function parseRecord<S extends z.ZodType>(
  kind: RegistryKind,
  key: string,
  bytes: Uint8Array,
  schema: S,
): z.infer<S> {
  try {
    return schema.parse(JSON.parse(new TextDecoder().decode(bytes)) as unknown);
  } catch (cause) {
    throw new OperatingError("REGISTRY_CORRUPT", "a record of the registry cannot be read", {
      details: { kind, key },
      cause,
    });
  }
}

const TERM_KEY = "term";
/** What a master leaves in ZooKeeper goes with its session, in seconds: no need to know more of them. */
const EARLIER_MASTERS_MAX = 16;

export interface RaisedNumber {
  readonly term: number;
  /** Ids of the masters that led before, the latest first. */
  readonly earlierMasterIds: readonly string[];
}

/**
 * Raises the term by compare-and-set, so that two leaders never share one: above what the Registry has seen and above
 * the election's own number. @throws {OperatingError} REGISTRY_CONFLICT when another master was faster.
 */
export async function raiseTerm(
  registry: Registry,
  electionTerm: number,
  masterId: string,
): Promise<RaisedNumber> {
  const stored = await registry.get("term", TERM_KEY);
  const last =
    stored === undefined
      ? undefined
      : parseRecord("term", TERM_KEY, stored.bytes, termRecordSchema);
  const term = Math.max((last?.term ?? 0) + 1, electionTerm);
  const earlierMasterIds =
    last === undefined
      ? []
      : [last.master_id, ...(last.earlier_master_ids ?? [])].slice(0, EARLIER_MASTERS_MAX);
  const record = { term, master_id: masterId, earlier_master_ids: earlierMasterIds };
  const bytes = new TextEncoder().encode(JSON.stringify(record));
  await registry.put("term", TERM_KEY, bytes, stored?.version ?? "absent");
  return { term, earlierMasterIds };
}
