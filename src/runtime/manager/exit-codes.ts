import { isOperatingError } from "../../api/errors/operating-error.ts";

/** How a process ends. */
export const EXIT = {
  stopped: 0,
  /** A failure, or the leader's term was lost. */
  failed: 1,
  badConfiguration: 2,
  /** The server, or its CRDs, are of a version we do not run on. */
  unsupported: 3,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

export function exitCodeOf(error: unknown): ExitCode {
  if (isOperatingError(error, "CONFIG_INVALID")) return EXIT.badConfiguration;
  if (isOperatingError(error, "KUBE_TOO_OLD") || isOperatingError(error, "CRD_SCHEMA_OLD")) {
    return EXIT.unsupported;
  }
  return EXIT.failed;
}
