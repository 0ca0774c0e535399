import type { Gauge, Meter } from "../ports/meter.ts";

/** The metric of Kubernetes' components: whether this process leads the election of that name. Begins with 0. */
export function leaderGauge(meter: Meter, name: string): Gauge {
  const gauge = meter.gauge({
    name: "leader_election_master_status",
    help: "Whether this process is the leader: 1 leader, 0 standby.",
    stability: "stable",
    labelNames: ["name"],
  });
  gauge.set(0, { name });
  return gauge;
}
