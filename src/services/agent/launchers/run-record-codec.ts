import { gunzipSync, gzipSync } from "node:zlib";
import { ExecutorInfo } from "../../../api/mesos/executor-info.ts";
import { FrameworkInfo } from "../../../api/mesos/framework-info.ts";
import { decodeJson } from "../../../api/mesos/json-decode.ts";
import type { MessageType } from "../../../api/mesos/schema.ts";
import { TaskInfo } from "../../../api/mesos/task.ts";
import type { RunRecord } from "../../../domain/agent/run.ts";

/** A record as JSON gives it back: its messages are not read yet. */
type StoredRecord = Omit<RunRecord, "framework" | "executor" | "tasks"> & {
  readonly framework: unknown;
  readonly executor?: unknown;
  readonly tasks: unknown;
};

/** The record that parsed JSON stands for; undefined when a part of it cannot be read. */
export function readRunRecord(stored: unknown): RunRecord | undefined {
  if (typeof stored !== "object" || stored === null) return undefined;
  const raw = stored as StoredRecord;
  const framework = message(FrameworkInfo, raw.framework);
  const executor = raw.executor === undefined ? undefined : message(ExecutorInfo, raw.executor);
  const tasks = Array.isArray(raw.tasks) ? raw.tasks.map((task) => message(TaskInfo, task)) : [];
  const known = tasks.filter((task) => task !== undefined);
  if (framework === undefined || known.length === 0 || known.length !== tasks.length)
    return undefined;
  if (raw.executor !== undefined && executor === undefined) return undefined;
  return {
    containerId: raw.containerId,
    launchId: raw.launchId,
    frameworkId: raw.frameworkId,
    framework,
    executorId: raw.executorId,
    ...(executor === undefined ? {} : { executor }),
    tasks: known,
    generation: raw.generation,
    devices: raw.devices,
    receivedAtMs: raw.receivedAtMs,
  };
}

/**
 * A record for an annotation: gzip and base64. When that passes `bytesMax`, tasks are cut to what recovery and
 * accounting need (ids, resources, kill policy).
 */
export function packRunRecord(record: RunRecord, bytesMax: number): string {
  const told = withoutSecrets(record);
  const whole = pack(told);
  if (whole.length <= bytesMax) return whole;
  const tasks = told.tasks.map(
    ({ name, task_id, agent_id, resources, kill_policy, max_completion_time }): TaskInfo => ({
      name,
      task_id,
      agent_id,
      ...(resources === undefined ? {} : { resources }),
      ...(kill_policy === undefined ? {} : { kill_policy }),
      ...(max_completion_time === undefined ? {} : { max_completion_time }),
    }),
  );
  return pack({ ...told, tasks });
}

export function unpackRunRecord(packed: string): RunRecord | undefined {
  try {
    return readRunRecord(JSON.parse(gunzipSync(Buffer.from(packed, "base64")).toString("utf8")));
  } catch {
    // Not ours, or cut: the caller treats it as unknown.
    return undefined;
  }
}

/** Values of secrets never leave the agent's memory. */
function withoutSecrets(record: RunRecord): RunRecord {
  const text = JSON.stringify(record, (key, value: unknown) =>
    key === "secret" && typeof value === "object" && value !== null && "value" in value
      ? { ...value, value: undefined }
      : value,
  );
  return JSON.parse(text) as RunRecord;
}

function pack(record: RunRecord): string {
  return gzipSync(JSON.stringify(record)).toString("base64");
}

function message<T>(type: MessageType<T>, raw: unknown): T | undefined {
  const decoded = decodeJson(type, raw);
  return decoded.ok ? decoded.value : undefined;
}
