import type { Endpoints } from "./endpoints.ts";
import type { Kubectl } from "./kubectl.ts";

/** What is there before the product is: somewhere to install it, and a way to ask what became of it. */
export interface Ground {
  readonly kubectl: Kubectl;
  readonly kubeconfig: string;
  /** Puts the product on it, and waits until everything is up. */
  bringUp(): Promise<Endpoints>;
}
