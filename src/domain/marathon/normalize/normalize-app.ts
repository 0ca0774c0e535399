import type { AppDefinition, FetchUri } from "../../../api/marathon/app.ts";
import type { AppInput } from "../../../api/marathon/app-input.ts";
import { hasExternalVolumes, isResident, isSingleInstance, networkMode } from "../app/app-facts.ts";
import { resolvePath } from "../app/app-path.ts";
import type { Violation } from "../rules/violation.ts";
import { legacyConflicts } from "./legacy-conflicts.ts";
import { normalizeContainer } from "./normalize-container.ts";
import type { NormalizeConfig } from "./normalize-config.ts";
import { normalizeNetworks } from "./normalize-networks.ts";
import {
  hasOwnPorts,
  normalizeDefinitions,
  normalizeHealthCheck,
  normalizeReadinessCheck,
} from "./normalize-ports.ts";

export type NormalizeResult =
  | { readonly kind: "ok"; readonly app: AppDefinition }
  /** Fields that exclude each other. */
  | { readonly kind: "violations"; readonly violations: readonly Violation[] }
  /** Something that has no canonical form at all. */
  | { readonly kind: "refused"; readonly message: string };

const ARCHIVE = /\.(?:tar|tar\.gz|tar\.bz2|tar\.xz|gz|tgz|tbz2|txz|zip)$/;

function fetchOfUri(uri: string): FetchUri {
  const path = uri.replace(/[?#].*$/s, "");
  return { uri, extract: ARCHIVE.test(path), executable: false, cache: false };
}

function normalizeFetch(input: AppInput): readonly FetchUri[] {
  const { fetch = [], uris = [] } = input;
  return fetch.length > 0 ? fetch : uris.map(fetchOfUri);
}

type Shape = Pick<AppDefinition, "container" | "labels">;

function defaultUpgradeStrategy(shape: Shape): AppDefinition["upgradeStrategy"] {
  if (isSingleInstance(shape)) return { minimumHealthCapacity: 0, maximumOverCapacity: 0 };
  return isResident(shape) || hasExternalVolumes(shape)
    ? { minimumHealthCapacity: 0.5, maximumOverCapacity: 0 }
    : { minimumHealthCapacity: 1, maximumOverCapacity: 1 };
}

function defaultUnreachableStrategy(shape: Shape): AppDefinition["unreachableStrategy"] {
  return isResident(shape) ? "disabled" : { inactiveAfterSeconds: 0, expungeAfterSeconds: 0 };
}

const DEFAULT_RESIDENCY = {
  relaunchEscalationTimeoutSeconds: 3600,
  taskLostBehavior: "WAIT_FOREVER",
} as const;

/** The members that are set, so that unset options stay out of stored and answered objects. */
function given<T extends object>(members: T): T {
  return Object.fromEntries(
    Object.entries(members).filter(([, value]) => value !== undefined),
  ) as T;
}

function optionalFields(input: AppInput, resident: boolean): Partial<AppDefinition> {
  return given({
    cmd: input.cmd,
    args: input.args,
    resourceLimits: input.resourceLimits,
    executorResources: input.executorResources,
    user: input.user,
    tty: input.tty,
    acceptedResourceRoles: input.acceptedResourceRoles,
    taskKillGracePeriodSeconds: input.taskKillGracePeriodSeconds,
    residency: input.residency ?? (resident ? DEFAULT_RESIDENCY : undefined),
    check: input.check,
  });
}

function launchFields(input: AppInput) {
  return {
    instances: input.instances ?? 1,
    cpus: input.cpus ?? 1,
    mem: input.mem ?? 128,
    disk: input.disk ?? 0,
    gpus: input.gpus ?? 0,
    executor: input.executor ?? "",
    env: input.env ?? {},
    secrets: input.secrets ?? {},
    fetch: normalizeFetch(input),
    labels: input.labels ?? {},
    backoffSeconds: input.backoffSeconds ?? 1,
    backoffFactor: input.backoffFactor ?? 1.15,
    maxLaunchDelaySeconds: input.maxLaunchDelaySeconds ?? 300,
    killSelection: input.killSelection ?? "YOUNGEST_FIRST",
    dependencies: (input.dependencies ?? []).map((path) => resolvePath(path)),
    constraints: (input.constraints ?? []).map(([field = "", operator = "", ...value]) => [
      field,
      operator.toUpperCase(),
      ...value,
    ]),
  } as const;
}

/**
 * The canonical form of what a client sent (marathon.md 4.5). Idempotent: normalising a canonical app changes nothing.
 * @see marathon@1.10 core/appinfo … api/v2/AppNormalization.scala, api/v2/NetworkTranslation.scala
 */
export function normalizeApp(input: AppInput, config: NormalizeConfig): NormalizeResult {
  const violations = legacyConflicts(input);
  if (violations.length > 0) return { kind: "violations", violations };
  const networks = normalizeNetworks(input, config);
  if (networks.kind === "refused") return networks;
  const mode = networkMode(networks.networks);
  const normalized = normalizeContainer(input, mode);
  if (normalized.kind === "refused") return normalized;
  const { container } = normalized;
  const definitions = normalizeDefinitions(input, mode);
  const ownPorts = hasOwnPorts(definitions, container?.portMappings?.length ?? 0);
  const launch = launchFields(input);
  const shape = { container, labels: launch.labels };
  const app: AppDefinition = {
    id: resolvePath(input.id),
    ...launch,
    ...optionalFields(input, isResident(shape)),
    role: input.role ?? config.defaultRole,
    upgradeStrategy: input.upgradeStrategy ?? defaultUpgradeStrategy(shape),
    unreachableStrategy: input.unreachableStrategy ?? defaultUnreachableStrategy(shape),
    requirePorts: mode === "host" && (input.requirePorts ?? false),
    ...(container ? { container } : {}),
    networks: networks.networks,
    ...(definitions ? { portDefinitions: definitions } : {}),
    healthChecks: (input.healthChecks ?? []).map((check) => normalizeHealthCheck(check, ownPorts)),
    readinessChecks: (input.readinessChecks ?? []).map(normalizeReadinessCheck),
  };
  return { kind: "ok", app };
}
