import type { MesosClusterSpec } from "../../../api/crd/v1alpha1/mesos-cluster/spec.ts";

type Asks = (spec: MesosClusterSpec) => boolean;

/**
 * Parts of the schema that this release does not act on, and when a spec asks for one. Asking is answered by a refusal, never by
 * silence: a person who asks for authentication must not get a server without it. Rows go as the features come.
 */
const MISSING: readonly (readonly [field: string, asks: Asks])[] = [
  ["spec.zookeeper.managed", ({ zookeeper }) => zookeeper?.managed !== undefined],
  ["spec.zookeeper.external.tls", ({ zookeeper }) => zookeeper?.external?.tls?.enabled === true],
  [
    "spec.zookeeper.external.sessionTimeoutMs (masters have sessions of 6000)",
    ({ zookeeper }) => (zookeeper?.external?.sessionTimeoutMs ?? 10_000) !== 10_000,
  ],
  ["spec.masters.registry: ZooKeeper", ({ masters }) => masters.registry === "ZooKeeper"],
  ["spec.advertisedVersion other than 1.11.0", (spec) => spec.advertisedVersion !== "1.11.0"],
  [
    "spec.masters.zookeeperPath without spec.zookeeper",
    ({ masters, zookeeper }) => masters.zookeeperPath !== "/mesos" && zookeeper === undefined,
  ],
  ["spec.masters.advertise", ({ masters }) => masters.advertise.mode !== "PodIP"],
  ["spec.masters.advertise.port", ({ masters }) => masters.advertise.port !== 5050],
  ["spec.agents.access: Host", ({ agents }) => agents.access === "Host"],
  ["spec.agents.launcher: Process in a cluster", ({ agents }) => agents.launcher === "Process"],
  ["spec.agents.images", ({ agents }) => agents.images.length > 0],
  ["spec.agents.workloads", ({ agents }) => agents.workloads.enabled],
  ["spec.agents.gpu", ({ agents }) => agents.gpu.provider !== "None" || agents.gpu.fractional],
  // Nothing is drained for a roll, so Never holds; Auto does too, since no task ends with the agent's pod.
  [
    "spec.agents.updateStrategy.drain: Always",
    ({ agents }) => agents.updateStrategy.drain === "Always",
  ],
  [
    "spec.agents.updateStrategy.drainSeconds",
    ({ agents }) => agents.updateStrategy.drainSeconds !== 600,
  ],
  ["spec.agents.external", ({ agents }) => agents.external.principals.length > 0],
  [
    "spec.maintenance.windows[].graceSeconds",
    ({ maintenance: { windows } }) => windows.some((it) => it.graceSeconds !== 0),
  ],
  ["spec.maintenance.restartWindow", ({ maintenance }) => maintenance.restartWindow !== undefined],
  [
    "spec.security.authentication.clientCertificates",
    ({ security }) => security.authentication.clientCertificates,
  ],
  [
    "spec.security.authentication.oidc",
    ({ security }) => security.authentication.oidc !== undefined,
  ],
  ["spec.security.tls", ({ security }) => security.tls.mode !== "Off"],
  ["spec.security.audit.sink: File", ({ security }) => security.audit.sink === "File"],
  ["spec.security.audit.retentionDays", ({ security }) => security.audit.retentionDays !== 365],
  ["spec.monitoring", ({ monitoring }) => Object.values(monitoring).some(Boolean)],
];

/** The first part that the spec asks for and this release lacks. */
export function missingFeature(spec: MesosClusterSpec): string | undefined {
  return MISSING.find(([, asks]) => asks(spec))?.[0];
}
