import type { PoolRules } from "../pool-pod.ts";

/** How pods are admitted; from the MesosCluster, may change while running. */
export interface AdmissionRules extends PoolRules {
  readonly isEnabled: boolean;
  readonly pin: "Auto" | "Never";
  /** Only said, never enforced; 0 = wait for ever. */
  readonly gateTimeoutMs: number;
}
