import type { z } from "zod";
import type { CustomKind } from "./common/object.ts";
import { MARATHON_APP } from "./marathon-app/marathon-app.ts";
import { MarathonAppSpec } from "./marathon-app/spec.ts";
import { MarathonAppStatus } from "./marathon-app/status.ts";
import { MESOS_CLUSTER } from "./mesos-cluster/mesos-cluster.ts";
import { MesosClusterSpec } from "./mesos-cluster/spec.ts";
import { MesosClusterStatus } from "./mesos-cluster/status.ts";
import { PROBE_FLEET } from "./probe-fleet/probe-fleet.ts";
import { ProbeFleetSpec } from "./probe-fleet/spec.ts";
import { ProbeFleetStatus } from "./probe-fleet/status.ts";
import type { CelRule } from "./schema/rules.ts";
import { ZkMigrationSpec } from "./zk-migration/spec.ts";
import { ZkMigrationStatus } from "./zk-migration/status.ts";
import { ZK_MIGRATION } from "./zk-migration/zk-migration.ts";

/** Version of the schemas as a whole; raised when an operator needs a newer CRD. */
export const CRD_SCHEMA_VERSION = 1;
/** Annotation of the CRDs that holds {@link CRD_SCHEMA_VERSION}. */
export const SCHEMA_VERSION_ANNOTATION = "orchestrator.io/schema-version";

interface PrinterColumn {
  readonly name: string;
  readonly type: "string" | "integer" | "date" | "boolean";
  readonly jsonPath: string;
  /** 0: always shown; 1: with `-o wide`. */
  readonly priority?: 0 | 1;
}

/** All that a CRD says about one kind besides its schemas. */
export interface KindDefinition {
  readonly kind: CustomKind;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly description: string;
  readonly spec: z.ZodType;
  readonly status: z.ZodType;
  readonly columns: readonly PrinterColumn[];
  /** Rules over the whole object; only here `metadata.name` can be seen. */
  readonly rules?: readonly CelRule[];
  readonly scale?: true;
  readonly selectableFields?: readonly string[];
}

const column = (
  name: string,
  jsonPath: string,
  type: PrinterColumn["type"] = "string",
): PrinterColumn => ({ name, type, jsonPath });
const wide = (name: string, jsonPath: string): PrinterColumn => ({
  ...column(name, jsonPath),
  priority: 1,
});
const READY = '.status.conditions[?(@.type=="Ready")]';
const ready = column("Ready", `${READY}.status`);
const reason = `${READY}.reason`;
const age = column("Age", ".metadata.creationTimestamp", "date");
const shortName: CelRule = {
  rule: "size(self.metadata.name) <= 40",
  message: "the name may have at most 40 characters, since children add to it",
};

/** The four kinds. */
export const CUSTOM_KINDS: readonly KindDefinition[] = [
  {
    kind: MESOS_CLUSTER,
    singular: "mesoscluster",
    shortNames: ["mc"],
    description: "A Mesos cluster: masters that allocate, agents on nodes, roles that share.",
    spec: MesosClusterSpec,
    status: MesosClusterStatus,
    rules: [shortName],
    columns: [
      ready,
      column("Leader", ".status.leader.pod"),
      column("Masters", ".status.masters.ready", "integer"),
      column("Agents", ".status.agents.active", "integer"),
      column("Frameworks", ".status.frameworks.active", "integer"),
      age,
      wide("Reason", reason),
      wide("Allocated CPUs", ".status.resources.allocated.cpus"),
      wide("Allocated Mem", ".status.resources.allocated.mem"),
    ],
  },
  {
    kind: MARATHON_APP,
    singular: "marathonapp",
    shortNames: ["ma"],
    description: "A Marathon app, run as an Argo Rollout in the pool of a Mesos cluster.",
    spec: MarathonAppSpec,
    status: MarathonAppStatus,
    scale: true,
    selectableFields: [".spec.id"],
    columns: [
      column("Id", ".spec.id"),
      ready,
      column("Reason", reason),
      column("Running", ".status.tasks.running", "integer"),
      column("Wanted", ".spec.instances", "integer"),
      column("Healthy", ".status.tasks.healthy", "integer"),
      column("Version", ".status.version"),
      column("Deployment", ".status.deployments[0].id"),
      age,
    ],
  },
  {
    kind: ZK_MIGRATION,
    singular: "zkmigration",
    shortNames: ["zkm"],
    description: "A move from one ZooKeeper ensemble to another in six phases.",
    spec: ZkMigrationSpec,
    status: ZkMigrationStatus,
    columns: [
      column("Strategy", ".status.strategy"),
      column("Phase", ".status.currentPhase", "integer"),
      column("State", ".status.state"),
      column("Lag", ".status.sync.lagMs.p99"),
      column("Conflicts", ".status.sync.conflicts.open", "integer"),
      column("Equal", ".status.checksum.equal", "boolean"),
      age,
    ],
  },
  {
    kind: PROBE_FLEET,
    singular: "probefleet",
    shortNames: ["pf"],
    description: "Probes on nodes and the topology server that shows what they see.",
    spec: ProbeFleetSpec,
    status: ProbeFleetStatus,
    rules: [shortName],
    columns: [
      ready,
      column("Probes", ".status.probes.reporting", "integer"),
      column("Desired", ".status.probes.desired", "integer"),
      column("Hosts", ".status.inventory.hosts", "integer"),
      age,
      wide("Containers", ".status.inventory.containers"),
      wide("Reason", reason),
    ],
  },
];
