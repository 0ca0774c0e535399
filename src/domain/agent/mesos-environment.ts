import type { RunRecord } from "./run.ts";

export interface EnvironmentFacts {
  readonly agentId: string;
  /** Where executors reach the agent: `ip:port`. */
  readonly endpoint: string;
  /** Path of the sandbox as the task sees it. */
  readonly sandbox: string;
  /** Path of the sandbox on the host, as far as there is one. */
  readonly directory: string;
  readonly recoveryTimeoutMs: number;
  readonly shutdownGraceMs: number;
}

/**
 * Variables every Mesos executor finds, inherited by its tasks.
 * @see mesos@1.11 src/slave/slave.cpp executorEnvironment
 */
export function mesosEnvironment(
  record: RunRecord,
  facts: EnvironmentFacts,
): readonly (readonly [name: string, value: string])[] {
  const checkpoint = record.framework.checkpoint === true;
  return [
    ["MESOS_FRAMEWORK_ID", record.frameworkId],
    ["MESOS_EXECUTOR_ID", record.executorId],
    ["MESOS_SLAVE_ID", facts.agentId],
    ["MESOS_SLAVE_PID", `slave(1)@${facts.endpoint}`],
    ["MESOS_AGENT_ENDPOINT", facts.endpoint],
    ["MESOS_DIRECTORY", facts.directory],
    ["MESOS_SANDBOX", facts.sandbox],
    ["MESOS_CHECKPOINT", checkpoint ? "1" : "0"],
    ["MESOS_HTTP_COMMAND_EXECUTOR", "0"],
    ["MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD", mesosDuration(facts.shutdownGraceMs)],
    ["LIBPROCESS_PORT", "0"],
    ...(checkpoint
      ? ([
          ["MESOS_RECOVERY_TIMEOUT", mesosDuration(facts.recoveryTimeoutMs)],
          ["MESOS_SUBSCRIPTION_BACKOFF_MAX", "2secs"],
        ] as const)
      : []),
  ];
}

const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ["weeks", 604_800_000],
  ["days", 86_400_000],
  ["hrs", 3_600_000],
  ["mins", 60_000],
  ["secs", 1_000],
  ["ms", 1],
];

/** A duration as Mesos prints it, in the largest unit that divides it: 5000 → `5secs`, 900000 → `15mins`. */
export function mesosDuration(ms: number): string {
  for (const [name, size] of UNITS) {
    if (ms >= size && ms % size === 0) return `${ms / size}${name}`;
  }
  return `${ms}ms`;
}

const DURATION = /^(\d+(?:\.\d+)?)(ns|us|ms|secs|mins|hrs|days|weeks)$/;
const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  ...Object.fromEntries(UNITS),
};

/** Milliseconds of a duration in Mesos' spelling (`15mins`); undefined for what is none. */
export function parseMesosDuration(text: string): number | undefined {
  const match = DURATION.exec(text.trim());
  const unit = match === null ? undefined : UNIT_MS[match[2] ?? ""];
  return unit === undefined ? undefined : Number(match?.[1]) * unit;
}
