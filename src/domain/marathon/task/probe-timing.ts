import type { HealthCheck } from "../../../api/marathon/checks.ts";

/** Kubernetes' numbers of one probe, in seconds. */
export interface ProbeTiming {
  readonly initialDelaySeconds?: number;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
  readonly successThreshold?: number;
}

export interface ProbeTimings {
  readonly startup?: ProbeTiming;
  readonly liveness?: ProbeTiming;
  readonly readiness: ProbeTiming;
}

const STARTUP_PERIOD_MAX = 10;

/**
 * When the kubelet probes for a Marathon health check (marathon.md 6.1). With p = min(10, interval):
 * `startup.failureThreshold = ceil(grace / p) + ceil(max · interval / p)`, so that failures are ignored for the grace period
 * and then max times. A check that may fail for ever (0, by the scheduler's own HTTP, HTTPS, TCP) only decides readiness.
 */
export function probeTimings(check: HealthCheck): ProbeTimings {
  const isAgentCheck = check.protocol === "COMMAND" || check.protocol.startsWith("MESOS_");
  const interval = Math.max(1, check.intervalSeconds);
  const timeoutSeconds = Math.max(1, check.timeoutSeconds);
  const failures = isAgentCheck
    ? Math.max(1, check.maxConsecutiveFailures)
    : check.maxConsecutiveFailures;
  const readiness: ProbeTiming = {
    periodSeconds: interval,
    timeoutSeconds,
    failureThreshold: 1,
    successThreshold: 1,
  };
  if (failures === 0) return { readiness };
  const period = Math.min(STARTUP_PERIOD_MAX, interval);
  return {
    startup: {
      initialDelaySeconds: isAgentCheck ? check.delaySeconds : 0,
      periodSeconds: period,
      timeoutSeconds,
      failureThreshold:
        Math.ceil(check.gracePeriodSeconds / period) + Math.ceil((failures * interval) / period),
    },
    liveness: { periodSeconds: interval, timeoutSeconds, failureThreshold: failures },
    readiness,
  };
}
