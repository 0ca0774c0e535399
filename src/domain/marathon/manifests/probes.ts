import type { HealthCheck } from "../../../api/marathon/checks.ts";
import { proberChecks, unrunnableChecks } from "../probing/prober-checks.ts";
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

/**
 * Probes of the first health check. Further checks, and checks of a dynamic host port, are no probes: the kubelet takes one
 * handler per probe and a number that is known before.
 */
export function containerProbes(input: RenderInput, notes: FidelityNotes): object {
  const [first] = input.app.healthChecks;
  if (!first) return {};
  for (const index of unrunnableChecks(input.app)) {
    notes.dropped(
      `healthChecks[${index}]`,
      "the kubelet runs one command; a further one is not run",
    );
  }
  for (const { name, purpose } of proberChecks(input.app)) {
    if (purpose === "health") notes.approximated(name, "run by the operator over the network");
  }
  const handler = handlerOf(input, first);
  if (!handler) return {};
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
