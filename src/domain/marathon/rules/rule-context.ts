/** Features of `--enable_features`; all are on unless the installation switches some off. */
export const FEATURES = [
  "vips",
  "task_killing",
  "external_volumes",
  "secrets",
  "gpu_resources",
] as const;
export type Feature = (typeof FEATURES)[number];

/** What an installation allows; the rest of the rules depends on the app alone. */
export interface RuleContext {
  readonly features: ReadonlySet<Feature>;
  /** Roles that this app may have: the default role, its top-level group's name, its present role. */
  readonly allowedRoles: readonly string[];
}
