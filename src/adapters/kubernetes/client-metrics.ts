import type { Meter } from "../../runtime/ports/meter.ts";

/** Histogram of controller-runtime's client: from a cached read to a list of everything. */
const SECONDS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];

export interface ClientMetrics {
  readonly answered: (code: string, method: string) => void;
  readonly took: (verb: string, seconds: number) => void;
  readonly retried: (code: string, verb: string) => void;
  readonly waitedForRate: (verb: string, seconds: number) => void;
  readonly warned: () => void;
}

/** The names of client-go's metrics, so that its dashboards work. */
export function clientMetrics(meter: Meter, host: string): ClientMetrics {
  const requests = meter.counter({
    name: "rest_client_requests_total",
    help: "Number of HTTP requests, by status code, method and host.",
    stability: "stable",
    labelNames: ["code", "method", "host"],
  });
  const duration = meter.histogram({
    name: "rest_client_request_duration_seconds",
    help: "Request latency in seconds, by verb and host.",
    stability: "stable",
    labelNames: ["verb", "host"],
    buckets: SECONDS,
  });
  const retries = meter.counter({
    name: "rest_client_request_retries_total",
    help: "Number of request retries, by status code, verb and host.",
    stability: "stable",
    labelNames: ["code", "verb", "host"],
  });
  const limiter = meter.histogram({
    name: "rest_client_rate_limiter_duration_seconds",
    help: "Time a request waited for the client-side rate limiter, by verb and host.",
    stability: "stable",
    labelNames: ["verb", "host"],
    buckets: SECONDS,
  });
  const warnings = meter.counter({
    name: "orchestrator_kube_warnings_total",
    help: "Warning headers of the API server (deprecated versions, unknown fields).",
    stability: "alpha",
  });
  return {
    answered: (code, method) => requests.add(1, { code, method, host }),
    took: (verb, seconds) => duration.observe(seconds, { verb, host }),
    retried: (code, verb) => retries.add(1, { code, verb, host }),
    waitedForRate: (verb, seconds) => limiter.observe(seconds, { verb, host }),
    warned: () => warnings.add(),
  };
}
