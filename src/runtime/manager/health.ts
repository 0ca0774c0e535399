/** One thing that must be well. */
export interface HealthCheck {
  readonly name: string;
  /** What is wrong, in a few words; `undefined` while it is well. Cheap: asked at every probe. */
  readonly failure: () => string | undefined;
}

/** What a process is asked about itself. */
export interface HealthChecks {
  /** A failure means that only a restart helps. */
  readonly liveness: readonly HealthCheck[];
  /** A failure means that nobody should be sent here now. */
  readonly readiness: readonly HealthCheck[];
}

export interface HealthReport {
  readonly healthy: boolean;
  readonly checks: readonly { readonly name: string; readonly failure: string | undefined }[];
}

export function reportHealth(checks: readonly HealthCheck[]): HealthReport {
  const results = checks.map(({ name, failure }) => ({ name, failure: failure() }));
  return { healthy: results.every(({ failure }) => failure === undefined), checks: results };
}
