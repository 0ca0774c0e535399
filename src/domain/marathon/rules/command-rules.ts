import type { AppDefinition } from "../../../api/marathon/app.ts";
import { isSingleInstance } from "../app/app-facts.ts";
import { pathSegments } from "../app/app-path.ts";
import type { RuleContext } from "./rule-context.ts";
import type { Violation } from "./violation.ts";

const onWhole = (error: string): Violation => ({ path: "/", error });
const RESERVED: ReadonlySet<string> = new Set(["restart", "tasks", "versions", ".", ".."]);

function idRules(app: AppDefinition): Violation[] {
  const last = pathSegments(app.id).at(-1);
  if (last === undefined) {
    return [{ path: "/id", error: "Path must contain at least one path element" }];
  }
  if (!RESERVED.has(last)) return [];
  const error =
    "must not end with any of the following reserved keywords: restart, tasks, versions, ., ..";
  return [{ path: "/id", error }];
}

function runnableRules(app: AppDefinition): Violation[] {
  if (app.cmd?.trim() === "") return [onWhole("must not be an empty string")];
  const hasArgs = (app.args ?? []).length > 0;
  const runnable = app.cmd !== undefined || hasArgs || app.container !== undefined;
  if (runnable && !(app.cmd !== undefined && hasArgs)) return [];
  return [
    onWhole("AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'."),
  ];
}

function containerRules(app: AppDefinition): Violation[] {
  const { container } = app;
  if (container?.type !== "DOCKER") return [];
  const found: Violation[] = [];
  if (!container.docker) found.push({ path: "/container/docker", error: "not defined" });
  if (container.docker?.pullConfig) {
    const error = "pullConfig is not supported with Docker containerizer";
    found.push({ path: "/container/docker/pullConfig", error });
  }
  if (app.gpus > 0) found.push(onWhole("GPU resources only work with the Mesos containerizer"));
  if (app.check) found.push(onWhole("AppDefinition must not use 'checks' if using docker"));
  return found;
}

function migrationLabelRules({ labels }: AppDefinition): Violation[] {
  if (labels["DCOS_MIGRATION_API_VERSION"] === undefined) return [];
  const complete =
    labels["DCOS_PACKAGE_FRAMEWORK_NAME"] !== undefined &&
    labels["DCOS_MIGRATION_API_PATH"] !== undefined;
  return complete
    ? []
    : [
        onWhole(
          "DCOS_PACKAGE_FRAMEWORK_NAME and DCOS_MIGRATION_API_PATH must be defined when using DCOS_MIGRATION_API_VERSION",
        ),
      ];
}

function instanceRules(app: AppDefinition): Violation[] {
  return isSingleInstance(app) && app.instances > 1
    ? [onWhole("Single instance app may only have one instance")]
    : [];
}

function roleRules(app: AppDefinition, context: RuleContext): Violation[] {
  const found: Violation[] = [];
  if (!context.allowedRoles.includes(app.role)) {
    const error = `got ${app.role}, expected one of: [${context.allowedRoles.join(", ")}]`;
    found.push({ path: "/role", error });
  }
  const accepted = app.acceptedResourceRoles;
  if (accepted?.length === 0) {
    found.push({ path: "/acceptedResourceRoles", error: "must not be empty" });
  }
  if (accepted?.some((role) => role !== "*" && role !== app.role)) {
    const error = `acceptedResourceRoles can only contain * and ${app.role}`;
    found.push({ path: "/acceptedResourceRoles", error });
  }
  return found;
}

/** What runs, under which id, how often and in which role. */
export function commandRules(app: AppDefinition, context: RuleContext): Violation[] {
  return [
    ...idRules(app),
    ...runnableRules(app),
    ...containerRules(app),
    ...instanceRules(app),
    ...migrationLabelRules(app),
    ...roleRules(app, context),
  ];
}
