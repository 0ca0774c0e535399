import { KINDS } from "../../runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../runtime/kube/kube-object.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import type { KubeWriter } from "../../runtime/ports/kube-transport.ts";

const REMEMBERED_MS = 300_000;

interface SubjectAccessReview extends KubeObject {
  readonly spec: object;
  readonly status?: { readonly allowed?: boolean };
}

interface Account {
  readonly namespace: string;
  readonly name: string;
}

/** Asks the cluster what a service account may do, however it came by it. A yes is kept for five minutes, a no is asked again. */
export class KubeAccountReviews {
  readonly #kube: Pick<KubeWriter, "create">;
  readonly #clock: Clock;
  readonly #allowedUntilMs = new Map<string, number>();

  constructor(kube: Pick<KubeWriter, "create">, clock: Clock) {
    this.#kube = kube;
    this.#clock = clock;
  }

  async mayListEverywhere(
    account: Account,
    resource: "nodes" | "pods",
    signal: AbortSignal,
  ): Promise<boolean> {
    const key = `${account.namespace}/${account.name} ${resource}`;
    if ((this.#allowedUntilMs.get(key) ?? -Infinity) > this.#clock.monotonicMs()) return true;
    const allowed = await this.#ask(account, resource, signal);
    if (allowed) this.#allowedUntilMs.set(key, this.#clock.monotonicMs() + REMEMBERED_MS);
    else this.#allowedUntilMs.delete(key);
    return allowed;
  }

  async #ask({ namespace, name }: Account, resource: string, signal: AbortSignal) {
    const review = await this.#kube.create<SubjectAccessReview>(
      KINDS.SubjectAccessReview,
      {
        metadata: { name: "" },
        spec: {
          user: `system:serviceaccount:${namespace}:${name}`,
          groups: [
            "system:serviceaccounts",
            `system:serviceaccounts:${namespace}`,
            "system:authenticated",
          ],
          resourceAttributes: { resource, verb: "list", group: "" },
        },
      },
      { signal },
    );
    return review.status?.allowed === true;
  }
}
