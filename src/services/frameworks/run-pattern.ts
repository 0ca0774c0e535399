import type { FrameworkInfo } from "../../api/mesos/framework-info.ts";
import type { FrameworkEnd } from "../../domain/frameworks/framework-logic.ts";
import { patternLogic } from "../../domain/frameworks/pattern/advance-pattern.ts";
import type { PatternSpec } from "../../domain/frameworks/pattern/pattern-spec.ts";
import { startPattern, type PatternState } from "../../domain/frameworks/pattern/pattern-state.ts";
import type { FrameworkRecordFile } from "./framework-record.ts";
import { type FrameworkRun, runFramework } from "./run-framework.ts";

export type PatternRun = Omit<FrameworkRun<PatternState>, "logic" | "info" | "keep"> & {
  readonly spec: PatternSpec;
  readonly user: string;
  readonly failoverTimeoutSeconds: number;
  /** Absent: a restarted process knows its framework by `frameworkId` alone. */
  readonly record?: FrameworkRecordFile;
};

/**
 * Runs a pattern until its time is over, its work is done, it cannot go on, or `stop` aborts: then its tasks run on for its
 * failover timeout, and a new process with the same framework id or record takes them over. Undefined = stopped.
 */
export async function runPattern(
  run: PatternRun,
  stop: AbortSignal,
): Promise<FrameworkEnd | undefined> {
  const { spec, record } = run;
  const kept = await record?.read();
  const frameworkId = run.frameworkId ?? kept?.frameworkId;
  const homes = kept === undefined ? undefined : new Map(Object.entries(kept.homes));
  // A framework that never ran has no homes to wait for.
  const known = frameworkId === undefined ? new Map<string, string>() : homes;
  const incarnation = run.random.uuid().slice(0, 8);
  const keep = async ({ homes: now, homesToBe }: PatternState, id: string): Promise<void> => {
    const there = [...now].filter(([key]) => !homesToBe.has(key));
    await record?.keep({ frameworkId: id, homes: Object.fromEntries(there) });
  };
  const last = await runFramework(
    {
      ...run,
      logic: patternLogic(spec, startPattern(incarnation, known)),
      info: patternInfo(run),
      keep,
      ...(frameworkId === undefined ? {} : { frameworkId }),
    },
    stop,
  );
  return last.end;
}

function patternInfo({ spec, user, failoverTimeoutSeconds }: PatternRun): FrameworkInfo {
  return {
    user,
    name: spec.name,
    roles: [spec.role],
    failover_timeout: failoverTimeoutSeconds,
    checkpoint: true,
    ...(spec.principal === undefined ? {} : { principal: spec.principal }),
    capabilities: [
      { type: "MULTI_ROLE" },
      { type: "PARTITION_AWARE" },
      { type: "RESERVATION_REFINEMENT" },
      { type: "TASK_KILLING_STATE" },
    ],
  };
}
