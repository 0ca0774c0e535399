/** One CEL rule seen at work: `bad` is refused with `message`, `good` is not; `before` is what was stored, for rules over changes. */
export interface CelCase {
  readonly kind: "MesosCluster" | "MarathonApp" | "ZkMigration" | "ProbeFleet";
  readonly message: string;
  readonly good: object;
  readonly bad: object;
  readonly before?: object;
}

const app = (fields: object = {}): object => ({ id: "/app", cmd: "sleep 1", ...fields });
const cluster = (fields: object = {}): object => fields;
const migration = (fields: object = {}): object => ({
  source: { connectionString: "a:2181" },
  target: { connectionString: "b:2181" },
  paths: [{ path: "/data" }],
  ...fields,
});
const managed = (fields: object): object => cluster({ zookeeper: { managed: fields } });
const managedTarget = (fields: object): object => migration({ target: { managed: fields } });
const TLS_ONE =
  "exactly one of secretRef, issuerRef and selfSigned must be given, none with mode Off";
const EXPOSED = { authentication: { mode: "Required" }, tls: { mode: "Server", selfSigned: true } };
const ACLS = "at most one of acls and aclsConfigMapRef may be given";
const BOTH_ACLS = { authorization: { acls: {}, aclsConfigMapRef: { name: "acls" } } };
const window = (fields: object): object =>
  cluster({ maintenance: { windows: [{ name: "w", durationSeconds: 60, ...fields }] } });
const MACHINES = { machines: [{ hostname: "a" }] };
const START = { start: "2026-11-21T00:00:00Z" };
const metric = (fields: object, more: object = {}): object =>
  app({ autoscaling: { maxInstances: 5, metrics: [{ target: 50, ...fields }], ...more } });

const managedRules = (
  kind: CelCase["kind"],
  build: (fields: object) => object,
): readonly CelCase[] => [
  {
    kind,
    message: "replicas must be 1, 3, 5 or 7",
    good: build({ replicas: 5 }),
    bad: build({ replicas: 2 }),
  },
  {
    kind,
    message: "an ensemble cannot shrink to one member",
    before: build({ replicas: 3 }),
    good: build({ replicas: 5 }),
    bad: build({ replicas: 1 }),
  },
  {
    kind,
    message: "data can only grow",
    before: build({ storage: { data: "10Gi" } }),
    good: build({ storage: { data: "20Gi" } }),
    bad: build({ storage: { data: "9Gi" } }),
  },
  {
    kind,
    message: "log can only grow",
    before: build({ storage: { log: "5Gi" } }),
    good: build({ storage: { log: "5120Mi" } }),
    bad: build({ storage: { log: "5119Mi" } }),
  },
  {
    kind,
    message: "class cannot be changed",
    before: build({ storage: { class: "fast" } }),
    good: build({ storage: { class: "fast" } }),
    bad: build({ storage: { class: "slow" } }),
  },
  {
    kind,
    message: "class can be neither added nor removed",
    before: build({ storage: {} }),
    good: build({ storage: {} }),
    bad: build({ storage: { class: "fast" } }),
  },
];

const outsideRules: readonly CelCase[] = ["mesos", "marathon", "zookeeper"].map((system) => {
  const outside = (fields: object): object => ({
    collectors: { external: { [system]: [{ name: "x", ...fields }] } },
  });
  return {
    kind: "ProbeFleet",
    message: "exactly one of url and connect must be given",
    good: outside({ url: "http://m:5050" }),
    bad: outside({}),
  };
});

const actionRules: readonly CelCase[] = [
  "startMaster",
  "stopMaster",
  "moveFramework",
  "moveAgent",
  "startAgent",
  "stopAgent",
  "retireSource",
].map((verb) => ({
  kind: "ZkMigration",
  message: "at most one of job and http may be given",
  good: migration({ actions: { [verb]: { http: { url: "http://x" } } } }),
  bad: migration({ actions: { [verb]: { http: { url: "http://x" }, job: { template: {} } } } }),
}));

/** At least one case for every CEL rule of the four CRDs; a test checks that none is missing. */
export const CEL_CASES: readonly CelCase[] = [
  ...managedRules("MesosCluster", managed),
  ...managedRules("ZkMigration", managedTarget),
  ...outsideRules,
  ...actionRules,
  {
    kind: "MesosCluster",
    message: "masters.election: ZooKeeper needs zookeeper",
    good: cluster({
      masters: { election: "ZooKeeper" },
      zookeeper: { external: { connect: "a:2181,b:2181/mesos" } },
    }),
    bad: cluster({ masters: { election: "ZooKeeper" } }),
  },
  {
    kind: "MesosCluster",
    message: "masters.registry: ZooKeeper needs zookeeper",
    good: cluster({
      masters: { registry: "ZooKeeper" },
      zookeeper: { external: { connect: "zk://a:2181/mesos" } },
    }),
    bad: cluster({ masters: { registry: "ZooKeeper" } }),
  },
  {
    kind: "MesosCluster",
    message: "masters.publishMasterInfo needs zookeeper",
    good: cluster({ masters: { publishMasterInfo: false } }),
    bad: cluster({ masters: { publishMasterInfo: true } }),
  },
  {
    kind: "MesosCluster",
    message:
      "a Service reachable from outside needs security.authentication.mode: Required and security.tls",
    good: cluster({ masters: { service: { type: "NodePort" } }, security: EXPOSED }),
    bad: cluster({ masters: { service: { type: "NodePort" } } }),
  },
  {
    kind: "MesosCluster",
    message: "address must be given exactly with mode Address",
    good: cluster({ masters: { advertise: { mode: "Address", address: "m.example" } } }),
    bad: cluster({ masters: { advertise: { mode: "Address" } } }),
  },
  {
    kind: "MesosCluster",
    message: "nodePort needs type NodePort or LoadBalancer",
    good: cluster({
      masters: { service: { type: "NodePort", nodePort: 30_050 } },
      security: EXPOSED,
    }),
    bad: cluster({ masters: { service: { nodePort: 30_050 } } }),
  },
  {
    kind: "MesosCluster",
    message: "process needs launcher Process",
    good: cluster({ agents: { launcher: "Process", process: {} } }),
    bad: cluster({ agents: { process: {} } }),
  },
  {
    kind: "MesosCluster",
    message: "exactly one of external and managed must be given",
    good: cluster({ zookeeper: { managed: {} } }),
    bad: cluster({ zookeeper: {} }),
  },
  {
    kind: "MesosCluster",
    message: "weight must be above 0",
    good: cluster({ roles: [{ name: "web", weight: "0.001" }] }),
    bad: cluster({ roles: [{ name: "web", weight: "0.000" }] }),
  },
  {
    kind: "MesosCluster",
    message: "a guarantee must not be above its limit",
    good: cluster({
      roles: [
        { name: "web", quota: { guarantees: { cpus: "2", mem: "9" }, limits: { cpus: "10" } } },
      ],
    }),
    bad: cluster({
      roles: [{ name: "web", quota: { guarantees: { cpus: "10" }, limits: { cpus: "9.5" } } }],
    }),
  },
  {
    kind: "MesosCluster",
    message: "exactly one of machines and nodeSelector must be given",
    good: window({ ...MACHINES, ...START }),
    bad: window(START),
  },
  {
    kind: "MesosCluster",
    message: "exactly one of start and schedule must be given",
    good: window({ ...MACHINES, schedule: "0 3 * * 0" }),
    bad: window({ ...MACHINES, ...START, schedule: "0 3 * * 0" }),
  },
  {
    kind: "MesosCluster",
    message: "a window that recurs needs durationSeconds",
    good: window({ ...MACHINES, schedule: "0 3 * * 0" }),
    bad: cluster({
      maintenance: { windows: [{ name: "w", ...MACHINES, schedule: "0 3 * * 0" }] },
    }),
  },
  {
    kind: "MesosCluster",
    message: ACLS,
    good: cluster({ security: { authorization: { acls: {} } } }),
    bad: cluster({ security: BOTH_ACLS }),
  },
  {
    kind: "MesosCluster",
    message: TLS_ONE,
    good: cluster({ security: { tls: { mode: "Mutual", secretRef: { name: "s" } } } }),
    bad: cluster({
      security: { tls: { mode: "Server", secretRef: { name: "s" }, selfSigned: true } },
    }),
  },
  {
    kind: "MarathonApp",
    message: "AppDefinition must either contain one of 'cmd' or 'args', and/or a 'container'.",
    good: app(),
    bad: app({ args: ["x"] }),
  },
  {
    kind: "MarathonApp",
    message: "one of cmd, args and container must be given",
    good: { id: "/app", container: { docker: { image: "nginx" } } },
    bad: { id: "/app" },
  },
  {
    kind: "MarathonApp",
    message: "pod must be given exactly with type Pod",
    good: { id: "/app", type: "Pod", pod: { containers: [] } },
    bad: { id: "/app", type: "Pod" },
  },
  {
    kind: "MarathonApp",
    message: "job must be given exactly with type Job",
    good: app({ type: "Job", job: { name: "j", parents: ["k"] } }),
    bad: app({ job: { name: "j", parents: ["k"] } }),
  },
  {
    kind: "MarathonApp",
    message: "id cannot be changed",
    before: app(),
    good: app({ instances: 3 }),
    bad: app({ id: "/other" }),
  },
  {
    kind: "MarathonApp",
    message: "exactly one of schedule and parents must be given",
    good: app({ type: "Job", job: { name: "j", schedule: "R//P1D" } }),
    bad: app({ type: "Job", job: { name: "j" } }),
  },
  {
    kind: "MarathonApp",
    message: "minInstances must not be above maxInstances",
    good: metric({ type: "cpu" }, { minInstances: 5 }),
    bad: metric({ type: "cpu" }, { minInstances: 6 }),
  },
  {
    kind: "MarathonApp",
    message: "a prometheus metric needs a query",
    good: metric({ type: "prometheus", query: "up" }),
    bad: metric({ type: "prometheus" }),
  },
  {
    kind: "MarathonApp",
    message: "min must not be above max",
    good: metric({ type: "cpu" }, { schedule: [{ cron: "0 8 * * *", min: 2, max: 2 }] }),
    bad: metric({ type: "cpu" }, { schedule: [{ cron: "0 8 * * *", min: 3, max: 2 }] }),
  },
  {
    kind: "ZkMigration",
    message: "source and target must differ",
    good: migration(),
    bad: migration({ target: { connectionString: "a:2181" } }),
  },
  {
    kind: "ZkMigration",
    message: "strategy Expand moves everything: paths must be [/]",
    good: migration({ strategy: "Expand", paths: [{ path: "/" }] }),
    bad: migration({ strategy: "Expand" }),
  },
  {
    kind: "ZkMigration",
    message: "mesos needs sync.direction: TwoWay",
    good: migration({ mesos: { clusterRef: { name: "mesos" } } }),
    bad: migration({
      mesos: { clusterRef: { name: "mesos" } },
      sync: { direction: "SourceToTarget" },
    }),
  },
  {
    kind: "ZkMigration",
    message: "exactly one of connectionString and managed must be given",
    good: migration({ target: { managed: {} } }),
    bad: migration({ target: {} }),
  },
  {
    kind: "ZkMigration",
    message: "the path is reserved",
    good: migration({ paths: [{ path: "/zookeepers" }] }),
    bad: migration({ paths: [{ path: "/zookeeper/quota" }] }),
  },
  {
    kind: "ZkMigration",
    message: "the path is reserved",
    good: migration({ paths: [{ path: "/a", targetPath: "/b" }] }),
    bad: migration({ paths: [{ path: "/a", targetPath: "/orchestrator-sync" }] }),
  },
  {
    kind: "ZkMigration",
    message: "exactly one of clusterRef and external must be given",
    good: migration({ mesos: { external: { masters: ["m:5050"] } } }),
    bad: migration({ mesos: {} }),
  },
  {
    kind: "ProbeFleet",
    message: "a Service reachable from outside needs security.authentication.mode: Required",
    good: {
      service: { type: "LoadBalancer" },
      security: { authentication: { mode: "Required" } },
    },
    bad: { service: { type: "LoadBalancer" } },
  },
  {
    kind: "ProbeFleet",
    message: "fullSeconds must be at least 10 times metricsSeconds",
    good: { intervals: { metricsSeconds: 60, fullSeconds: 600 } },
    bad: { intervals: { metricsSeconds: 60, fullSeconds: 599 } },
  },
  {
    kind: "ProbeFleet",
    message: ACLS,
    good: { security: { authorization: { acls: {} } } },
    bad: { security: BOTH_ACLS },
  },
  {
    kind: "ProbeFleet",
    message: TLS_ONE,
    good: { security: { tls: { mode: "Server", issuerRef: { name: "ca" } } } },
    bad: { security: { tls: { mode: "Server" } } },
  },
];
