/** One thing that must be well. */
export interface HealthCheck {
  readonly name: string;
  /** What is wrong, in a few words; `undefined` while it is well. Cheap: asked at every probe. */
  readonly failure: () => string | undefined;
}

export interface HealthReport {
  readonly healthy: boolean;
  readonly checks: readonly { readonly name: string; readonly failure: string | undefined }[];
}

export function reportHealth(checks: readonly HealthCheck[]): HealthReport {
  const results = checks.map(({ name, failure }) => ({ name, failure: failure() }));
  return { healthy: results.every(({ failure }) => failure === undefined), checks: results };
}
