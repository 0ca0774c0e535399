import type { Bench } from "../bench.ts";
import { growth } from "./growth.ts";
import { accepts } from "./h1-accepts.ts";
import { offerEncoding } from "./h3-encode.ts";
import { updates } from "./h4-updates.ts";
import { stateReads } from "./h5-reads.ts";
import { subscription } from "./h7-subscribe.ts";
import { latencies } from "./l-latencies.ts";
import { memory } from "./memory.ts";
import { transportGets, watchIngest } from "./operator-runtime.ts";
import { podAdmission } from "./p1-pod-admission.ts";
import { fullSweep } from "./w1-full-sweep.ts";
import { declineStorm } from "./w2-decline-storm.ts";
import { quotaStorm } from "./w2q-quota-storm.ts";
import { placement } from "./w3-placement.ts";
import { oneEvent } from "./w4-event.ts";
import { profiles } from "./w5-profiles.ts";
import { churn } from "./w6-churn.ts";
import { failover } from "./w7-failover.ts";
import { registration } from "./w8-registration.ts";

/** Every workload that `npm run bench` knows, in the order in which it runs them. */
export const BENCHES: readonly Bench[] = [
  fullSweep,
  declineStorm,
  quotaStorm,
  placement,
  oneEvent,
  profiles,
  churn,
  failover,
  registration,
  latencies,
  accepts,
  offerEncoding,
  updates,
  stateReads,
  subscription,
  memory,
  growth,
  podAdmission,
  transportGets,
  watchIngest,
];
