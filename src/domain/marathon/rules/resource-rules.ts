import type { AppDefinition } from "../../../api/marathon/app.ts";
import { isResident, isSingleInstance } from "../app/app-facts.ts";
import type { Feature, RuleContext } from "./rule-context.ts";
import type { Violation } from "./violation.ts";

const on = (path: string, error: string): Violation => ({ path, error });

/** Scala's text of a double: always with a fraction. */
function scalaDouble(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function limitRule(
  kind: "cpus" | "mem",
  limit: number | string | undefined,
  requested: number,
): Violation[] {
  if (limit === undefined || limit === "unlimited") return [];
  const path = `/resourceLimits/${kind}`;
  if (typeof limit === "string") {
    return [
      on(path, `'${limit}' is an invalid resource limit. It must be 'unlimited' or a number`),
    ];
  }
  if (limit >= requested) return [];
  const error = `resource limit must be greater than or equal to requested resource (${scalaDouble(requested)})`;
  return [on(path, error)];
}

function upgradeRules(app: AppDefinition): Violation[] {
  const found: Violation[] = [];
  const { minimumHealthCapacity, maximumOverCapacity } = app.upgradeStrategy;
  const single = isSingleInstance(app);
  if ((single || isResident(app)) && maximumOverCapacity !== 0) {
    const error = `got ${maximumOverCapacity}, expected 0.0`;
    found.push(on("/upgradeStrategy/maximumOverCapacity", error));
  }
  if (single && minimumHealthCapacity !== 0) {
    const error = `got ${minimumHealthCapacity}, expected 0.0`;
    found.push(on("/upgradeStrategy/minimumHealthCapacity", error));
  }
  return found;
}

function unreachableRules(app: AppDefinition): Violation[] {
  const strategy = app.unreachableStrategy;
  if (strategy === "disabled") return [];
  if (isResident(app)) {
    return [on("/", "unreachableStrategy must be disabled for resident tasks")];
  }
  const { inactiveAfterSeconds: inactive, expungeAfterSeconds: expunge } = strategy;
  const path = "/unreachableStrategy/inactiveAfterSeconds";
  if (inactive < 0) {
    return [on(path, `inactiveAfterSeconds (${inactive}) must be greater than or equal to 0`)];
  }
  if (inactive <= expunge) return [];
  const error = `inactiveAfterSeconds (${inactive}) must be less or equal to expungeAfterSeconds, which is ${expunge}`;
  return [on(path, error)];
}

function secretRules(app: AppDefinition): Violation[] {
  const found: Violation[] = [];
  for (const [name, value] of Object.entries(app.env)) {
    if (typeof value === "string" || app.secrets[value.secret]) continue;
    found.push(on(`/env/${name}/secret`, "references an undefined secret"));
  }
  const pullSecret = app.container?.docker?.pullConfig?.secret;
  if (pullSecret !== undefined && !app.secrets[pullSecret]) {
    const error = "pullConfig.secret must refer to an existing secret";
    found.push(on("/container/docker/pullConfig", error));
  }
  return found;
}

function featureRules(app: AppDefinition, features: ReadonlySet<Feature>): Violation[] {
  const used: readonly (readonly [Feature, string, boolean])[] = [
    ["secrets", "/secrets", Object.keys(app.secrets).length > 0],
    ["gpu_resources", "/gpus", app.gpus > 0],
    [
      "external_volumes",
      "/container/volumes",
      (app.container?.volumes ?? []).some((volume) => volume.external),
    ],
  ];
  return used
    .filter(([feature, , uses]) => uses && !features.has(feature))
    .map(([feature, path]) =>
      on(path, `Feature ${feature} is not enabled. Enable with --enable_features ${feature})`),
    );
}

function fetchRules(app: AppDefinition): Violation[] {
  return app.fetch.flatMap(({ uri }, i) =>
    /[\s<>"{}|\\^`]/.test(uri) ? [on(`/fetch(${i})/uri`, "URI has invalid syntax.")] : [],
  );
}

/** Quantities, upgrade and failure strategies, secrets and what must be switched on. */
export function resourceRules(app: AppDefinition, context: RuleContext): Violation[] {
  return [
    ...limitRule("cpus", app.resourceLimits?.cpus, app.cpus),
    ...limitRule("mem", app.resourceLimits?.mem, app.mem),
    ...upgradeRules(app),
    ...unreachableRules(app),
    ...secretRules(app),
    ...featureRules(app, context.features),
    ...fetchRules(app),
  ];
}
