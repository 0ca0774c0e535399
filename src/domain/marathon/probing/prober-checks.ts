import type { AppDefinition } from "../../../api/marathon/app.ts";
import type { HealthCheck } from "../../../api/marathon/checks.ts";
import { networkMode, requestedPorts } from "../app/app-facts.ts";
import { portAnnotation } from "../manifests/names.ts";
import type { AppPod } from "../status/app-pod.ts";

/** Conditions of a Pod that our prober sets; the Pod is not Ready before they are True. */
export const HEALTH_GATE = "marathon.orchestrator.io/health";
export const READY_GATE = "marathon.orchestrator.io/ready";

/** A check that the operator runs because the kubelet cannot. */
export interface ProberCheck {
  /** `healthChecks[1]`, unique within the app. */
  readonly name: string;
  readonly purpose: "health" | "readiness";
  readonly protocol: "HTTP" | "HTTPS" | "TCP";
  readonly path: string;
  /** A fixed number, or the position of one of the app's ports. */
  readonly port: number | { readonly index: number };
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Failures before the first success are ignored this long after the start. */
  readonly graceMs: number;
  /** Failures in a row that kill the task; 0 = never. */
  readonly failuresMax: number;
  /** Codes that pass, where not 200 to 399 do. */
  readonly statuses?: readonly number[];
}

function protocolOf(check: HealthCheck): ProberCheck["protocol"] {
  if (check.protocol.endsWith("TCP")) return "TCP";
  return check.protocol.endsWith("HTTPS") ? "HTTPS" : "HTTP";
}

/** On a port whose number is only known when the engine has opened the gate. */
export function isOnDynamicPort(app: AppDefinition, check: HealthCheck): boolean {
  if (check.protocol === "COMMAND" || check.port !== undefined) return false;
  const port = requestedPorts(app)[check.portIndex ?? 0];
  return networkMode(app.networks) === "host" && port?.hostPort === 0;
}

/** Runs in the Pod, and the kubelet takes only one: nobody can run it from outside. */
function isOnlyForKubelet(check: HealthCheck): boolean {
  return check.protocol === "COMMAND";
}

function healthCheckOf(check: HealthCheck, index: number): ProberCheck {
  const byAgent = check.protocol.startsWith("MESOS_");
  const { maxConsecutiveFailures: max } = check;
  return {
    name: `healthChecks[${index}]`,
    purpose: "health",
    protocol: protocolOf(check),
    path: check.path ?? "/",
    port: check.port ?? { index: check.portIndex ?? 0 },
    intervalMs: Math.max(1, check.intervalSeconds) * 1_000,
    timeoutMs: Math.max(1, check.timeoutSeconds) * 1_000,
    graceMs: check.gracePeriodSeconds * 1_000,
    failuresMax: byAgent ? Math.max(1, max) : max,
  };
}

/** Health checks that are ours: every further one, and the first on a dynamic host port. */
function healthChecksOf(app: AppDefinition): ProberCheck[] {
  return app.healthChecks.flatMap((check, i) => {
    const isKubelets = i === 0 && !isOnDynamicPort(app, check);
    return isKubelets || isOnlyForKubelet(check) ? [] : [healthCheckOf(check, i)];
  });
}

function readinessChecksOf(app: AppDefinition): ProberCheck[] {
  const names = requestedPorts(app).map(({ name }) => name);
  return app.readinessChecks.map((check, i) => ({
    name: `readinessChecks[${i}]`,
    purpose: "readiness",
    protocol: check.protocol,
    path: check.path,
    port: { index: Math.max(0, names.indexOf(check.portName)) },
    intervalMs: Math.max(1, check.intervalSeconds) * 1_000,
    timeoutMs: Math.max(1, check.timeoutSeconds) * 1_000,
    graceMs: 0,
    failuresMax: 0,
    statuses: check.httpStatusCodesForReady ?? [200],
  }));
}

/** All checks of the app that the operator runs. */
export function proberChecks(app: AppDefinition): readonly ProberCheck[] {
  return [...healthChecksOf(app), ...readinessChecksOf(app)];
}

/** Further checks that nobody can run. */
export function unrunnableChecks(app: AppDefinition): readonly number[] {
  return app.healthChecks.flatMap((check, i) => (i > 0 && isOnlyForKubelet(check) ? [i] : []));
}

/** Readiness gates that the app's Pods carry. */
export function readinessGates(app: AppDefinition): readonly string[] {
  const purposes = new Set(proberChecks(app).map(({ purpose }) => purpose));
  return [
    ...(purposes.has("health") ? [HEALTH_GATE] : []),
    ...(purposes.has("readiness") ? [READY_GATE] : []),
  ];
}

/** Where to reach a check's port, or `undefined` while the Pod has no address or no allocated port. */
export function checkAddress(
  app: AppDefinition,
  pod: AppPod,
  { port }: ProberCheck,
): { readonly host: string; readonly port: number } | undefined {
  const onHost = networkMode(app.networks) === "host";
  const host = onHost ? pod.status?.hostIP : pod.status?.podIP;
  if (!host) return undefined;
  if (typeof port === "number") return { host, port };
  const ports = requestedPorts(app);
  const requested = ports[port.index];
  if (!requested) return undefined;
  if (!onHost || requested.hostPort !== 0) {
    const number = requested.hostPort && onHost ? requested.hostPort : requested.port;
    return number === 0 ? undefined : { host, port: number };
  }
  const before = ports.slice(0, port.index).filter(({ hostPort }) => hostPort === 0).length;
  const allocated = Number(pod.metadata.annotations?.[portAnnotation(before)] ?? 0);
  return allocated > 0 ? { host, port: allocated } : undefined;
}
