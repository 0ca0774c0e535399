import type { z } from "zod";
import type {
  agentRecordSchema,
  checkpointRecordSchema,
  completedRecordSchema,
  drainRecordSchema,
  FrameworkRecord,
  goneRecordSchema,
  machineRecordSchema,
  unreachableRecordSchema,
} from "./records.ts";

export interface Keyed<T> {
  readonly key: string;
  readonly value: T;
}

/** What a new leader reads from the Registry. */
export interface RecoveredRecords {
  readonly agents: readonly Keyed<z.infer<typeof agentRecordSchema>>[];
  readonly unreachable: readonly Keyed<z.infer<typeof unreachableRecordSchema>>[];
  readonly gone: readonly Keyed<z.infer<typeof goneRecordSchema>>[];
  readonly drains: readonly Keyed<z.infer<typeof drainRecordSchema>>[];
  readonly checkpoints: readonly Keyed<z.infer<typeof checkpointRecordSchema>>[];
  readonly machines: readonly Keyed<z.infer<typeof machineRecordSchema>>[];
  readonly frameworks: readonly Keyed<FrameworkRecord>[];
  readonly completed: readonly Keyed<z.infer<typeof completedRecordSchema>>[];
}

export const NO_RECORDS: RecoveredRecords = {
  agents: [],
  unreachable: [],
  gone: [],
  drains: [],
  checkpoints: [],
  machines: [],
  frameworks: [],
  completed: [],
};
