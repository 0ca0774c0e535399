import type { CheckInfo, HealthCheck } from "../../api/mesos/check.ts";
import type { CommandInfo } from "../../api/mesos/command.ts";

/** @see mesos@1.11 src/checks/checks_types.cpp, health_checker.cpp `validation::healthCheck` */
export function healthCheckFault(check: HealthCheck): string | undefined {
  switch (check.type) {
    case undefined:
      return "HealthCheck must specify 'type'";
    case "COMMAND": {
      if (check.command === undefined) {
        return "Expecting 'command' to be set for COMMAND health check";
      }
      const fault = commandFault(check.command);
      if (fault !== undefined) return `Health check's \`CommandInfo\` is invalid: ${fault}`;
      break;
    }
    case "HTTP": {
      if (check.http === undefined) return "Expecting 'http' to be set for HTTP health check";
      const { scheme, path } = check.http;
      if (scheme !== undefined && scheme !== "http" && scheme !== "https") {
        return `Unsupported HTTP health check scheme: '${scheme}'`;
      }
      if (path !== undefined && !path.startsWith("/")) {
        return `The path '${path}' of HTTP health check must start with '/'`;
      }
      break;
    }
    case "TCP":
      if (check.tcp === undefined) return "Expecting 'tcp' to be set for TCP health check";
      break;
  }
  return timesFault(check, [
    "delay_seconds",
    "grace_period_seconds",
    "interval_seconds",
    "timeout_seconds",
  ]);
}

/** @see mesos@1.11 src/checks/checker.cpp `validation::checkInfo` */
export function checkFault(check: CheckInfo): string | undefined {
  switch (check.type) {
    case undefined:
      return "CheckInfo must specify 'type'";
    case "COMMAND": {
      if (check.command === undefined) return "Expecting 'command' to be set for COMMAND check";
      const fault = commandFault(check.command.command);
      if (fault !== undefined) return `Check's \`CommandInfo\` is invalid: ${fault}`;
      break;
    }
    case "HTTP":
      if (check.http === undefined) return "Expecting 'http' to be set for HTTP check";
      if (check.http.path !== undefined && !check.http.path.startsWith("/")) {
        return `The path '${check.http.path}' of HTTP  check must start with '/'`;
      }
      break;
    case "TCP":
      if (check.tcp === undefined) return "Expecting 'tcp' to be set for TCP check";
      break;
  }
  return timesFault(check, ["delay_seconds", "interval_seconds", "timeout_seconds"]);
}

function timesFault<K extends string>(
  check: Readonly<Partial<Record<K, number>>>,
  names: readonly K[],
): string | undefined {
  const negative = names.find((name) => (check[name] ?? 0) < 0);
  return negative === undefined ? undefined : `Expecting '${negative}' to be non-negative`;
}

/** @see mesos@1.11 src/common/validation.cpp `validateCommandInfo`, `validateEnvironment` */
export function commandFault(command: CommandInfo): string | undefined {
  for (const variable of command.environment?.variables ?? []) {
    if (variable.type === "SECRET") {
      if (variable.secret === undefined) {
        return `Environment variable '${variable.name}' of type 'SECRET' must have a secret set`;
      }
      if (variable.value !== undefined) {
        return `Environment variable '${variable.name}' of type 'SECRET' must not have a value set`;
      }
    } else {
      if (variable.value === undefined) {
        return `Environment variable '${variable.name}' of type 'VALUE' must have a value set`;
      }
      if (variable.secret !== undefined) {
        return `Environment variable '${variable.name}' of type 'VALUE' must not have a secret set`;
      }
    }
  }
  return undefined;
}
