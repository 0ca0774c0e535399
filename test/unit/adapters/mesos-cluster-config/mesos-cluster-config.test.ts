import { expect } from "chai";
import { MesosClusterConfig } from "../../../../src/adapters/mesos-cluster-config/mesos-cluster-config.ts";
import type { MesosCluster } from "../../../../src/api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import { MESOS_CLUSTER } from "../../../../src/api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import { isOperatingError } from "../../../../src/api/errors/operating-error.ts";
import { Informers } from "../../../../src/runtime/informer/informers.ts";
import type { Informer } from "../../../../src/runtime/informer/informer.ts";
import { KINDS } from "../../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../../src/runtime/kube/kube-object.ts";
import { FakeKube } from "../../../support/kubernetes/fake-kube.ts";
import { RecordingLogger } from "../../../support/recording-logger.ts";
import { RecordingMeter } from "../../../support/recording-meter.ts";
import { SeededRandom } from "../../../support/seeded-random.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

type Watched = MesosCluster & KubeObject;

describe("MesosClusterConfig", () => {
  let kube: FakeKube;
  let clock: VirtualClock;
  let logger: RecordingLogger;
  let clusters: Informer<Watched>;
  let nodes: Informer<KubeObject>;
  let stop: AbortController;
  let changes: string[];

  const apply = (spec: unknown): void => {
    kube.put(MESOS_CLUSTER, { metadata: { name: "mesos", namespace: "ns" }, spec } as never);
  };
  async function open(spec: unknown): Promise<MesosClusterConfig> {
    apply(spec);
    await clock.settle();
    const [first] = [...clusters.list()];
    if (first === undefined) throw new Error("expected the object");
    const config = new MesosClusterConfig(first, clusters, nodes, logger);
    config.engine.subscribe(() => changes.push("engine"));
    config.admission.subscribe(() => changes.push("admission"));
    return config;
  }

  beforeEach(async () => {
    kube = new FakeKube();
    clock = new VirtualClock();
    logger = new RecordingLogger();
    stop = new AbortController();
    changes = [];
    const random = new SeededRandom(1);
    const informers = new Informers({
      reader: kube,
      clock,
      random,
      logger,
      meter: new RecordingMeter(),
    });
    clusters = informers.of<Watched>({ kind: MESOS_CLUSTER });
    nodes = informers.of({ kind: KINDS.Node });
    await informers.start(stop.signal);
  });
  afterEach(() => stop.abort());

  it("reads roles in thousandths and fills in what the object leaves out", async () => {
    const config = await open({
      roles: [
        { name: "web", weight: "2.5", quota: { guarantees: { cpus: "1.001" }, limits: {} } },
        { name: "ml" },
      ],
      security: { principals: [{ name: "ann", limits: { cpus: "1.5" } }, { name: "ben" }] },
    });
    expect(config.engine.current()).to.deep.equal({
      clusterName: "mesos",
      rolesAllowed: [],
      roles: [
        {
          name: "web",
          weight: 2.5,
          guaranteesMilli: { cpus: 1001 },
          limitsMilli: {},
          mode: "Hard",
        },
        { name: "ml", weight: 1 },
      ],
      principalLimits: { ann: { cpus: 1500 } },
      rootSubmissions: true,
      offerTimeoutMs: 5000,
      maxTasksPerOffer: 100,
      heartbeatMs: 15_000,
      failoverTimeoutMaxMs: 604_800_000,
      completedFrameworksMax: 50,
      preemption: "Off",
      maintenanceWindows: [],
      recurringWindows: [],
    });
    expect(config.admission.current()).to.deep.equal({
      pool: "mesos",
      defaultRole: "*",
      extended: {},
      isEnabled: true,
      pin: "Auto",
      gateTimeoutMs: 0,
      namespaceSelector: {},
    });
  });

  it("takes Mesos' flags by their names", async () => {
    const { engine, admission } = await open({
      masters: { flags: { roles: "web, ml", root_submissions: "false" } },
      agents: { flags: { extended_resources: "example.com/fpga:fpgas" } },
    });
    expect(engine.current().rolesAllowed).to.deep.equal(["web", "ml"]);
    expect(engine.current().rootSubmissions).to.equal(false);
    expect(admission.current().extended).to.deep.equal({ "example.com/fpga": "fpgas" });
  });

  it("follows the object live and tells only whom a change concerns", async () => {
    const { engine, admission } = await open({});
    apply({ roles: [{ name: "web", weight: "3" }] });
    await clock.settle();
    expect(changes).to.deep.equal(["engine"]);
    expect(engine.current().roles).to.deep.equal([{ name: "web", weight: 3 }]);
    apply({ roles: [{ name: "web", weight: "3" }], admission: { enabled: false } });
    await clock.settle();
    expect(changes).to.deep.equal(["engine", "admission"]);
    expect(admission.current().isEnabled).to.equal(false);
  });

  it("keeps running as configured when the object cannot be read any more, or is deleted", async () => {
    const { engine } = await open({ roles: [{ name: "web" }] });
    apply({ roles: [{ name: "web", weight: "heavy" }] });
    await clock.settle();
    kube.remove(MESOS_CLUSTER, "ns/mesos");
    await clock.settle();
    expect(engine.current().roles).to.deep.equal([{ name: "web", weight: 1 }]);
    expect(logger.lines.filter(({ level }) => level === "error")).to.have.length(1);
    expect(changes).to.deep.equal([]);
  });

  it("follows the nodes that a maintenance window chooses by labels (HA-18)", async () => {
    const start = "2030-01-01T00:00:00Z";
    const windows = [{ name: "rack", nodeSelector: { rack: "1" }, start, durationSeconds: 60 }];
    const { engine } = await open({ maintenance: { windows } });
    const machines = () => engine.current().maintenanceWindows.flatMap((one) => one.machines);
    expect(machines()).to.deep.equal([]);
    for (const [name, rack] of Object.entries({ n1: "1", n2: "2", n3: "1" })) {
      kube.put(KINDS.Node, { metadata: { name, labels: { rack } } });
    }
    await clock.settle();
    expect(machines()).to.deep.equal([{ hostname: "n1" }, { hostname: "n3" }]);
    kube.put(KINDS.Node, { metadata: { name: "n1", labels: { rack: "2" } } });
    await clock.settle();
    expect(machines()).to.deep.equal([{ hostname: "n3" }]);
  });

  it("takes a write of our own over at once, and nothing older than that", async () => {
    const { engine, follow } = await opened({ roles: [{ name: "web" }] });
    const older = { ...first(), spec: { roles: [{ name: "old" }] } };
    kube.holdWatches(MESOS_CLUSTER);
    apply({ roles: [{ name: "web", weight: "2" }] });
    follow(first());
    expect(engine.current().roles).to.deep.equal([{ name: "web", weight: 2 }]);
    follow(older as never);
    kube.releaseWatches(MESOS_CLUSTER);
    await clock.settle();
    expect(engine.current().roles).to.deep.equal([{ name: "web", weight: 2 }]);
    expect(changes).to.deep.equal(["engine"]);

    function first(): Watched {
      const [object] = kube.all<Watched>(MESOS_CLUSTER);
      if (object === undefined) throw new Error("expected the object");
      return object;
    }
    async function opened(spec: unknown) {
      const config = await open(spec);
      return {
        engine: config.engine,
        follow: (object: Watched): void => config.follow(object),
      };
    }
  });

  it("refuses to start with an object that breaks its rules, naming each fault", async () => {
    const error: unknown = await open({ roles: [{ name: "web", weight: "0" }] }).catch(
      (reason: unknown) => reason,
    );
    expect(isOperatingError(error, "CONFIG_INVALID") && error.details["faults"]).to.deep.equal([
      "spec.roles.0.weight: weight must be above 0",
    ]);
  });
});
