import type { MesosClusterSpec } from "../../api/crd/v1alpha1/mesos-cluster/spec.ts";
import { type RateLimits, rateOf } from "../../domain/rate-limits/rate-limits.ts";
import type { Rate } from "../../domain/rate-limits/token-bucket.ts";

type Given = Pick<MesosClusterSpec["security"], "principals" | "rateLimitDefault">;

/** What a MesosCluster says of how often its masters may be called. A principal without `qps` is not limited. */
export function limitsOfSpec({ principals, rateLimitDefault: rest }: Given): RateLimits {
  const listed = principals.map(({ name, qps, capacity }): readonly [string, Rate | undefined] => [
    name,
    qps === undefined ? undefined : rateOf(qps, capacity),
  ]);
  return Object.freeze({
    principals: Object.fromEntries(listed),
    aggregateDefault: rest === undefined ? undefined : rateOf(rest.qps, rest.capacity),
  });
}
