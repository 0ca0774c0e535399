import { MASTER_COUNTERS, masterGauges } from "../../../domain/mesos/views/metrics.ts";
import type { EngineHost } from "../serve/engine-host.ts";

/** Flat `{name: number}`: every name is there from the start. */
export function metricsSnapshot(
  host: EngineHost | undefined,
  nowMs: number,
  startedMs: number,
): Record<string, number> {
  const snapshot: Record<string, number> = {};
  for (const name of MASTER_COUNTERS) snapshot[name] = 0;
  if (host === undefined) {
    return { ...snapshot, "master/elected": 0, "master/uptime_secs": (nowMs - startedMs) / 1000 };
  }
  for (const [name, value] of host.engine.counters.entries()) snapshot[name] = value;
  return {
    ...snapshot,
    "master/operator_event_stream_subscribers": host.operatorStreams,
    ...masterGauges(host.engine.state, { nowMs, startedMs, elected: true }),
  };
}
