import type { HealthCheck } from "../../../api/marathon/checks.ts";
import { probeTimings } from "../task/probe-timing.ts";
import { literal } from "./container-env.ts";
import { knownPortOfIndex } from "./container-ports.ts";
import type { FidelityNotes } from "./fidelity.ts";
import type { RenderInput } from "./render-input.ts";

type Handler = Readonly<Record<"exec" | "httpGet" | "tcpSocket", object>>;

function portOf(input: RenderInput, check: HealthCheck): number | undefined {
  return check.port ?? knownPortOfIndex(input, check.portIndex ?? 0);
}

function handlerOf(input: RenderInput, check: HealthCheck): Partial<Handler> | undefined {
  if (check.protocol === "COMMAND") {
    const command = literal(check.command?.value ?? "true");
    return { exec: { command: ["/bin/sh", "-c", command] } };
  }
  const port = portOf(input, check);
  if (port === undefined) return undefined;
  if (check.protocol.endsWith("TCP")) return { tcpSocket: { port } };
  const scheme = check.protocol.endsWith("HTTPS") ? "HTTPS" : "HTTP";
  return { httpGet: { path: check.path ?? "/", port, scheme } };
}

const LATER = "checks beside the kubelet's probes are run in a later release; this one is not run";

/**
 * Probes of the first health check. Further checks, and checks of a dynamic host port, are no probes: the kubelet takes one
 * handler per probe and a number that is known before.
 */
export function containerProbes(input: RenderInput, notes: FidelityNotes): object {
  const [first, ...others] = input.app.healthChecks;
  if (!first) return {};
  others.forEach((_, i) => notes.dropped(`healthChecks[${i + 1}]`, LATER));
  const handler = handlerOf(input, first);
  if (!handler) {
    notes.dropped("healthChecks[0]", `on a dynamic host port: ${LATER}`);
    return {};
  }
  notes.approximated(
    "healthChecks[0]",
    first.ignoreHttp1xx
      ? "run by the kubelet on the node; it follows redirects on the same host and counts 1xx as failure"
      : "run by the kubelet on the node; it follows redirects on the same host",
  );
  const { startup, liveness, readiness } = probeTimings(first);
  return {
    ...(startup ? { startupProbe: { ...handler, ...startup } } : {}),
    ...(liveness ? { livenessProbe: { ...handler, ...liveness } } : {}),
    readinessProbe: { ...handler, ...readiness },
  };
}
