import type { MarathonAppSpec } from "../../../api/crd/v1alpha1/marathon-app/spec.ts";
import type { AppDefinition } from "../../../api/marathon/app.ts";
import { AppInput } from "../../../api/marathon/app-input.ts";
import { isResident } from "../app/app-facts.ts";
import { canonicalJson } from "../app/canonical-json.ts";
import { pathSegments } from "../app/app-path.ts";
import { sha1Hex } from "../app/sha1.ts";
import { canonicalApp, readTyped } from "../rules/read-app.ts";
import { FEATURES } from "../rules/rule-context.ts";
import { NORMALIZE_DEFAULTS } from "../normalize/normalize-config.ts";
import type { ErrorBody } from "../../../api/marathon/errors.ts";

export type SpecResult =
  | { readonly kind: "ok"; readonly app: AppDefinition }
  /** The spec breaks a rule that its schema cannot say. */
  | { readonly kind: "invalid"; readonly message: string };

function sentence({ message, details }: ErrorBody): string {
  if (details === undefined || typeof details === "string") return `${message} ${details ?? ""}`;
  return details.map(({ path, errors }) => `${path}: ${errors.join(", ")}`).join("; ");
}

/** What this release cannot run, in a sentence; `undefined` when it can. */
export function notYetRunnable(app: AppDefinition): string | undefined {
  return isResident(app)
    ? "/container/volumes: persistent volumes are run in a later release"
    : undefined;
}

/** The canonical app of a MarathonApp's spec; its own role is allowed, since whoever may write the object may choose it. */
export function appOfSpec(spec: MarathonAppSpec): SpecResult {
  if (spec.type !== "Service") {
    return { kind: "invalid", message: `/type: ${spec.type} is run in a later release` };
  }
  const settings = {
    normalize: NORMALIZE_DEFAULTS,
    rules: {
      features: new Set(FEATURES),
      allowedRoles: [spec.role ?? "*", "*", pathSegments(spec.id)[0] ?? "*"],
    },
  };
  const read = readTyped(AppInput, spec, settings);
  const result = read.kind === "refused" ? read : canonicalApp(read.value, settings);
  if (result.kind === "refused") return { kind: "invalid", message: sentence(result.answer.body) };
  const missing = notYetRunnable(result.app);
  return missing === undefined
    ? { kind: "ok", app: result.app }
    : { kind: "invalid", message: missing };
}

/** Tells configurations apart; the number of instances is not part of one. */
export function configHash(app: AppDefinition): string {
  return sha1Hex(canonicalJson({ ...app, instances: 0 })).slice(0, 16);
}
