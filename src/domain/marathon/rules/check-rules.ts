import type { AppDefinition } from "../../../api/marathon/app.ts";
import type { HealthCheck } from "../../../api/marathon/checks.ts";
import { requestedPorts } from "../app/app-facts.ts";
import type { Violation } from "./violation.ts";

const INDEX_OUT_OF_RANGE =
  "Health check port indices must address an element of the ports array or container port mappings.";

export function isMesosCheck(check: HealthCheck): boolean {
  return check.protocol.startsWith("MESOS_");
}

/** A check of a port names an existing one; without any name there must be exactly one port to mean. */
function addressesPort(check: HealthCheck, portCount: number): boolean {
  if (check.protocol === "COMMAND" || check.port !== undefined) return true;
  return check.portIndex === undefined ? portCount === 1 : check.portIndex < portCount;
}

function healthCheckRules(app: AppDefinition): Violation[] {
  const portCount = requestedPorts(app).length;
  return app.healthChecks.flatMap((check, i) => {
    const path = `/healthChecks(${i})`;
    const found: Violation[] = [];
    if (check.protocol === "COMMAND" && !check.command) {
      found.push({ path: `${path}/command`, error: "not defined" });
    }
    if (check.port !== undefined && check.portIndex !== undefined) {
      found.push({ path: "/", error: "cannot specify both an IP address and port" });
    }
    if (!addressesPort(check, portCount)) found.push({ path, error: INDEX_OUT_OF_RANGE });
    const ipv6Works = app.container?.type === "DOCKER" && isMesosCheck(check);
    if (check.ipProtocol === "IPv6" && !ipv6Works) {
      const error =
        "IPv6 can only be used for container type DOCKER and Mesos http/https/tcp health checks";
      found.push({ path, error });
    }
    return found;
  });
}

function readinessRules(app: AppDefinition): Violation[] {
  const names = requestedPorts(app).map((port) => port.name);
  return app.readinessChecks.flatMap((check, i) => {
    const path = `/readinessChecks(${i})`;
    const found: Violation[] = [];
    if (!names.includes(check.portName)) {
      const error = `No port definition reference for portName ${check.portName}`;
      found.push({ path: `${path}/portName`, error });
    }
    if (check.timeoutSeconds >= check.intervalSeconds) {
      const error = `timeoutSeconds (${check.timeoutSeconds}) must be smaller than intervalSeconds (${check.intervalSeconds})`;
      found.push({ path: `${path}/timeoutSeconds`, error });
    }
    return found;
  });
}

function appCheckRules(app: AppDefinition): Violation[] {
  const portIndex = app.check?.http?.portIndex ?? app.check?.tcp?.portIndex;
  if (portIndex === undefined || portIndex < requestedPorts(app).length) return [];
  const error =
    "check port index must address an element of the ports array or container port mappings.";
  return [{ path: "/check", error }];
}

/** Health checks, readiness checks and the informative check. */
export function checkRules(app: AppDefinition): Violation[] {
  const tooMany = app.healthChecks.filter(isMesosCheck).length > 1;
  const error = "AppDefinition can contain at most one Mesos health check";
  return [
    ...(tooMany ? [{ path: "/", error }] : []),
    ...healthCheckRules(app),
    ...readinessRules(app),
    ...appCheckRules(app),
  ];
}
