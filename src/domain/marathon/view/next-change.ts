import type { AppDefinition } from "../../../api/marathon/app.ts";
import { classifyChange } from "../app/app-change.ts";
import { requestedPorts } from "../app/app-facts.ts";
import { nextVersion } from "../app/timestamp.ts";
import { configHash } from "../decide/app-of-spec.ts";
import type { ChangeRecord } from "../decide/change-record.ts";
import { assignServicePorts, type PortRange } from "../decide/service-ports.ts";
import type { KnownApp } from "./app-view.ts";

export interface ChangeMoment {
  readonly nowMs: number;
  readonly deploymentId: string;
}

/** The record of the change from what is known to `app`; `undefined` when nothing changes. */
export function nextChange(
  known: KnownApp | undefined,
  app: AppDefinition,
  { nowMs, deploymentId }: ChangeMoment,
): ChangeRecord | undefined {
  const kind = known ? classifyChange(known.app, app) : "config";
  if (kind === "none") return undefined;
  const version = nextVersion(nowMs, known?.version);
  const kept = known?.versionInfo.lastConfigChangeAt;
  return {
    version,
    lastScalingAt: version,
    lastConfigChangeAt: kind === "scale" && kept !== undefined ? kept : version,
    configHash: configHash(app),
    instances: app.instances,
    deploymentId,
    kind: known ? (kind === "scale" ? "scale" : "restart") : "start",
  };
}

/** The record of a restart: the configuration stays, its version is new. */
export function restartChange(known: KnownApp, moment: ChangeMoment): ChangeRecord {
  const version = nextVersion(moment.nowMs, known.version);
  return {
    version,
    lastScalingAt: known.versionInfo.lastScalingAt,
    lastConfigChangeAt: version,
    configHash: configHash(known.app),
    instances: known.app.instances,
    deploymentId: moment.deploymentId,
    kind: "restart",
  };
}

export type PortsResult =
  | { readonly kind: "ok"; readonly app: AppDefinition }
  | { readonly kind: "exhausted"; readonly message: string };

function withPorts(app: AppDefinition, ports: readonly number[]): AppDefinition {
  const { container, portDefinitions } = app;
  if (container?.portMappings) {
    const portMappings = container.portMappings.map((mapping, i) => ({
      ...mapping,
      servicePort: ports[i] ?? mapping.servicePort,
    }));
    return { ...app, container: { ...container, portMappings } };
  }
  if (!portDefinitions || app.requirePorts) return app;
  return {
    ...app,
    portDefinitions: portDefinitions.map((definition, i) => ({
      ...definition,
      port: ports[i] ?? definition.port,
    })),
  };
}

/**
 * The app with a service port for each of its ports. A port of 0 that the app has had is kept; one that is stored as 0, in
 * an object that a person wrote, stays 0.
 */
export function withServicePorts(
  app: AppDefinition,
  known: KnownApp | undefined,
  used: ReadonlySet<number>,
  range: PortRange,
): PortsResult {
  const stored = known ? requestedPorts(known.app).map(({ servicePort }) => servicePort) : [];
  const requested = requestedPorts(app);
  const assigned = assignServicePorts(app, stored, used, range).map((port, i) =>
    requested[i]!.servicePort === 0 && stored[i] === 0 ? 0 : port,
  );
  const missing = assigned.some((port, i) => port === 0 && stored[i] !== 0);
  if (missing && !app.requirePorts) {
    const message = `All ports in the range [${range.min}-${range.max}) are already in use`;
    return { kind: "exhausted", message };
  }
  return { kind: "ok", app: withPorts(app, assigned) };
}
