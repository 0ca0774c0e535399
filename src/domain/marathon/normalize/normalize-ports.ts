import type { PortDefinition } from "../../../api/marathon/app.ts";
import type { AppInput } from "../../../api/marathon/app-input.ts";
import type { HealthCheck, ReadinessCheck } from "../../../api/marathon/checks.ts";
import type { NetworkMode } from "../app/app-facts.ts";

const DEFAULT_DEFINITION: PortDefinition = {
  port: 0,
  name: "default",
  protocol: "tcp",
  labels: {},
};

/** Port definitions of an app on the host network; `undefined` elsewhere. */
export function normalizeDefinitions(
  input: AppInput,
  mode: NetworkMode,
): readonly PortDefinition[] | undefined {
  if (mode !== "host") return undefined;
  if (input.portDefinitions) return input.portDefinitions;
  if (input.ports) return input.ports.map((port) => ({ port, protocol: "tcp", labels: {} }));
  return [DEFAULT_DEFINITION];
}

/**
 * The port that an app gets which names none. It does not give health checks a port index; it is recognised by its form,
 * so that an app read and sent back stays the same.
 */
function isDefaultDefinition(definitions: readonly PortDefinition[]): boolean {
  const only = definitions[0];
  return (
    definitions.length === 1 &&
    only?.name === "default" &&
    only.protocol === "tcp" &&
    Object.keys(only.labels).length === 0
  );
}

/** Whether the app names ports of its own that a check without port can mean. */
export function hasOwnPorts(
  definitions: readonly PortDefinition[] | undefined,
  mappingCount: number,
): boolean {
  if (mappingCount > 0) return true;
  return definitions !== undefined && definitions.length > 0 && !isDefaultDefinition(definitions);
}

const HTTP_PROTOCOLS: ReadonlySet<string> = new Set(["HTTP", "HTTPS", "MESOS_HTTP", "MESOS_HTTPS"]);

/** A check by HTTP has a path, a check of a port has a port, as far as the app has ports at all. */
export function normalizeHealthCheck(check: HealthCheck, ownPorts: boolean): HealthCheck {
  const needsIndex =
    check.protocol !== "COMMAND" &&
    check.port === undefined &&
    check.portIndex === undefined &&
    ownPorts;
  return {
    ...check,
    ...(HTTP_PROTOCOLS.has(check.protocol) ? { path: check.path ?? "/" } : {}),
    ...(needsIndex ? { portIndex: 0 } : {}),
  };
}

export function normalizeReadinessCheck(check: ReadinessCheck): ReadinessCheck {
  return { ...check, httpStatusCodesForReady: check.httpStatusCodesForReady ?? [200] };
}
