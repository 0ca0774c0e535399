import type { CheckResult } from "../../domain/marathon/probing/check-state.ts";

/** One attempt of a check. */
export interface CheckTarget {
  readonly protocol: "HTTP" | "HTTPS" | "TCP";
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly timeoutMs: number;
  /** Codes that pass; absent: 200 to 399. */
  readonly statuses?: readonly number[];
}

/** Asks a task over the network: certificates are not verified, redirects not followed. Never throws but on abort. */
export interface CheckRunner {
  run(target: CheckTarget, signal: AbortSignal): Promise<CheckResult>;
}
