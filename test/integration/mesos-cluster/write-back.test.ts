import { expect } from "chai";
import { MesosClusterConfig } from "../../../src/adapters/mesos-cluster-config/mesos-cluster-config.ts";
import {
  API_MANAGER,
  MesosClusterWriter,
} from "../../../src/adapters/mesos-cluster-config/mesos-cluster-writer.ts";
import type { MesosCluster } from "../../../src/api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import { MESOS_CLUSTER } from "../../../src/api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import { Informers } from "../../../src/runtime/informer/informers.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import { ETERNAL_TERM } from "../../../src/runtime/leader/eternal-term.ts";
import type {
  ClusterConfig,
  ClusterConfigWriter,
  RoleConfig,
} from "../../../src/services/offer-engine/ports.ts";
import { until } from "../../cluster/host/until.ts";
import { startRealMaster } from "../../support/admission/real-master.ts";
import { useCluster } from "../../support/cluster.ts";
import { isNoStatus } from "../../support/kubernetes/mortal-kube.ts";
import { signInWithRole, type Persona } from "../../support/kubernetes/persona.ts";
import { makeNamespace, removeNamespace } from "../../support/kubernetes/real-kube.ts";
import { ClusterWorld } from "../../support/mesos-cluster/cluster-world.ts";
import { exchange, type HttpExchange } from "../../support/mesos/record-stream.ts";

type Cluster = MesosCluster & KubeObject;

const START_MS = Date.parse("2030-01-01T00:00:00Z");
const windowOf = (...hostnames: string[]) => ({
  machines: hostnames.map((hostname) => ({ hostname })),
  startMs: START_MS,
  durationMs: 60_000,
});

describe("operators' changes written back to the MesosCluster", function () {
  this.timeout(120_000);
  const cluster = useCluster("control-plane", { kwokNodes: 1, crds: true });
  const stop = new AbortController();
  let kubeconfig: string;
  let world: ClusterWorld;
  let master: Persona;
  let source: MesosClusterConfig;
  let writer: ClusterConfigWriter;
  /** Roles as the master took them up, change by change. */
  const taken: (readonly RoleConfig[])[] = [];
  let name: string;
  let count = 0;

  const call = (): { readonly signal: AbortSignal } => ({ signal: AbortSignal.timeout(20_000) });

  before(async function () {
    this.timeout(300_000);
    kubeconfig = (await cluster()).kubeconfigPath;
    world = await ClusterWorld.start(kubeconfig);
    master = await signInWithRole(kubeconfig, world.kube, world.namespace, "orchestrator-master");
  });
  after(async () => {
    stop.abort();
    await master.close();
    await world.stop();
  });

  /** A cluster with its operator, and the part of a master that follows and writes it, under the master's shipped role. */
  beforeEach(async () => {
    name = `written-${(count += 1)}`;
    await world.create(name, { agents: { enabled: false } });
    await world.untilReady(name);
    await world.untilQuiet(name);
    const { clock, random, logger, meter } = world.kube;
    const informers = new Informers({ reader: master.kube, clock, random, logger, meter });
    const clusters = informers.of<Cluster>({
      kind: MESOS_CLUSTER,
      namespace: world.namespace,
      fieldSelector: `metadata.name=${name}`,
    });
    // The role for nodes is bound apart, by the installation.
    const reader = world.kube.transport;
    const all = new Informers({ reader, clock, random, logger, meter });
    const nodes = all.of({ kind: KINDS.Node });
    await informers.start(stop.signal);
    await all.start(stop.signal);
    const first = clusters.get(`${world.namespace}/${name}`);
    if (first === undefined) throw new Error("expected the object");
    source = new MesosClusterConfig(first, clusters, nodes, logger);
    taken.length = 0;
    source.engine.subscribe(() => taken.push(source.engine.current().roles));
    writer = new MesosClusterWriter({
      kube: master.kube,
      namespace: world.namespace,
      name,
      uid: first.metadata.uid ?? "",
      follow: (stored) => source.follow(stored),
      nodesWith: source.nodesWith,
      signal: stop.signal,
    }).writerOf(ETERNAL_TERM);
  });
  afterEach(() => world.remove(name));

  const live = async (): Promise<Cluster> => {
    const found = await world.cluster(name);
    if (found === undefined) throw new Error("expected the object");
    return found as unknown as Cluster;
  };
  const roles = async (): Promise<unknown> => (await live()).spec.roles;
  const windows = async (): Promise<string[]> =>
    (await live()).spec.maintenance.windows.map(({ name }) => name);
  const config = (): ClusterConfig => source.engine.current();
  /** What Git says, as a delivery tool applies it. */
  const applyAs = async (fieldManager: string, spec: unknown): Promise<void> => {
    const object = {
      apiVersion: "orchestrator.io/v1alpha1",
      kind: "MesosCluster",
      metadata: { name, namespace: world.namespace },
      spec,
    };
    await world.kube.transport.apply(MESOS_CLUSTER, object as never, {
      ...call(),
      fieldManager,
      force: false,
    });
  };

  it("are there when the write is answered, are taken up once, and start no loop (MES-14, MES-15)", async () => {
    const before = (await live()).metadata.generation ?? 0;
    world.controller.writes.length = 0;
    const outcome = await writer.writeRoles([
      { role: "web", weight: 2.5, quota: { guaranteesMilli: { cpus: 1000 }, limitsMilli: {} } },
      { role: "ml", quota: { guaranteesMilli: {}, limitsMilli: { mem: 64_500 } } },
    ]);
    expect(outcome).to.deep.equal({ kind: "written" });
    expect(await roles()).to.deep.equal([
      {
        name: "web",
        weight: "2.5",
        quota: { guarantees: { cpus: "1" }, limits: {}, mode: "Hard" },
      },
      {
        name: "ml",
        weight: "1.0",
        quota: { guarantees: {}, limits: { mem: "64.5" }, mode: "Hard" },
      },
    ]);
    expect(
      config().roles.map((role) => role.name),
      "before the answer",
    ).to.deep.equal(["web", "ml"]);
    await world.untilQuiet(name);
    await world.lookAgain(name);
    expect((await live()).metadata.generation, "one change of the spec").to.equal(before + 1);
    expect(
      world.controller.writes.filter(isNoStatus),
      "the operator has nothing to do",
    ).to.deep.equal([]);
    expect(taken, "the master hears of it once").to.have.length(1);
  });

  it("repeat what was written before and remove what is taken back", async () => {
    await writer.writeRoles([{ role: "web", weight: 2 }]);
    await writer.writeRoles([
      { role: "ml", quota: { guaranteesMilli: {}, limitsMilli: { cpus: 1000, mem: 1000 } } },
    ]);
    await writer.writeRoles([
      { role: "ml", quota: { guaranteesMilli: {}, limitsMilli: { mem: 2000 } } },
    ]);
    const read = config().roles.map((role) => [role.name, role.weight, role.limitsMilli]);
    expect(read).to.deep.equal([
      ["web", 2, undefined],
      ["ml", 1, { mem: 2000 }],
    ]);
    await writer.writeRoles([{ role: "ml", quota: "none" }]);
    expect(config().roles.map((role) => role.name)).to.deep.equal(["web"]);
  });

  it("leave a weight of another manager alone, and nothing is half-applied", async () => {
    await applyAs("argocd", { roles: [{ name: "db", weight: "3" }] });
    const before = await live();
    const outcome = await writer.writeRoles([
      { role: "web", weight: 2 },
      { role: "db", weight: 4 },
    ]);
    expect(outcome).to.deep.equal({
      kind: "managedElsewhere",
      subject: "role 'db'",
      field: "weight",
      manager: "argocd",
    });
    expect((await live()).spec).to.deep.equal(before.spec);
    // Other fields of the same role stay writable.
    const quota = { guaranteesMilli: {}, limitsMilli: { cpus: 1000 } };
    expect(await writer.writeRoles([{ role: "db", quota }])).to.deep.equal({ kind: "written" });
  });

  it("leave amounts of another manager's quota alone", async () => {
    await applyAs("argocd", { roles: [{ name: "db", quota: { limits: { mem: "64" } } }] });
    const quota = { guaranteesMilli: {}, limitsMilli: { cpus: 1000 } };
    const outcome = { kind: "managedElsewhere", subject: "role 'db'", field: "quota" };
    expect(await writer.writeRoles([{ role: "db", quota }])).to.deep.equal({
      ...outcome,
      manager: "argocd",
    });
    expect(await writer.writeRoles([{ role: "db", quota: "none" }])).to.deep.equal({
      ...outcome,
      manager: "argocd",
    });
  });

  it("keep windows of others in the schedule, and say whose they are (HA-18)", async () => {
    const git = { name: "git", machines: [{ hostname: "n1" }], start: "2030-01-01T00:00:00Z" };
    await applyAs("argocd", { maintenance: { windows: [{ ...git, durationSeconds: 60 }] } });
    expect(await writer.replaceWindows([windowOf("n1"), windowOf("n2", "n3")])).to.deep.equal({
      kind: "written",
    });
    expect(await windows()).to.deep.equal(["git", "api-1"]);
    expect(config().maintenanceWindows).to.deep.equal([
      { name: "git", ...windowOf("n1") },
      { name: "api-1", ...windowOf("n2", "n3") },
    ]);
    expect(await writer.replaceWindows([windowOf("n2", "n3")])).to.deep.equal({
      kind: "managedElsewhere",
      subject: "maintenance window 'git'",
      field: "it",
      manager: "argocd",
    });
    await writer.releaseMachines([{ hostname: "n2" }, { hostname: "n1" }]);
    expect(config().maintenanceWindows.map(({ machines }) => machines)).to.deep.equal([
      [{ hostname: "n1" }],
      [{ hostname: "n3" }],
    ]);
    await writer.replaceWindows([windowOf("n1")]);
    expect(await windows()).to.deep.equal(["git"]);
    await world.untilQuiet(name);
    expect(await world.condition(name, "Stalled"), "the operator takes them").to.equal("");
  });

  it("are refused when the object cannot hold them", async () => {
    const outcome = await writer.writeRoles([{ role: "web", weight: 1 / 3 }]);
    expect(outcome.kind).to.equal("refused");
    const many = Array.from({ length: 501 }, (_, index) => ({ role: `r${index}`, weight: 2 }));
    expect((await writer.writeRoles(many)).kind).to.equal("refused");
  });

  it("belong to a manager of their own", async () => {
    await writer.writeRoles([{ role: "web", weight: 2 }]);
    const managers = (await live()).metadata.managedFields ?? [];
    const ours = managers.filter(({ manager }) => manager === API_MANAGER);
    expect(ours.map(({ operation }) => operation)).to.deep.equal(["Apply"]);
  });

  describe("by a whole master", () => {
    let namespace: string;
    beforeEach(async () => {
      namespace = await makeNamespace(world.kube.transport, "written");
    });
    afterEach(() => removeNamespace(world.kube.transport, namespace));

    it("answers 200 when the object holds it, and 409 with the name of who else manages it", async () => {
      const object = { metadata: { name: "mesos", namespace }, spec: {} };
      await world.kube.transport.create(MESOS_CLUSTER, object as never, call());
      const git = {
        apiVersion: "orchestrator.io/v1alpha1",
        kind: "MesosCluster",
        metadata: { name: "mesos", namespace },
        spec: { roles: [{ name: "db", weight: "3" }] },
      };
      await world.kube.transport.apply(MESOS_CLUSTER, git as never, {
        ...call(),
        fieldManager: "argocd",
      });
      const real = await startRealMaster(kubeconfig, `${namespace}/mesos`);
      try {
        await real.agent("n1", "cpus:4;mem:1024");
        const update = (...weight_infos: { role: string; weight: number }[]) =>
          post(real.port, { type: "UPDATE_WEIGHTS", update_weights: { weight_infos } });
        const managed = await update({ role: "web", weight: 2 }, { role: "db", weight: 9 });
        expect([managed.status, managed.body]).to.deep.equal([
          409,
          "role 'db': weight is managed by 'argocd'; change it there",
        ]);
        const taken = await update({ role: "web", weight: 2 });
        expect([taken.status, taken.body]).to.deep.equal([200, ""]);
        const shown = JSON.parse((await post(real.port, { type: "GET_WEIGHTS" })).body) as unknown;
        expect(shown).to.deep.equal({
          type: "GET_WEIGHTS",
          get_weights: {
            weight_infos: [
              { weight: 3, role: "db" },
              { weight: 2, role: "web" },
            ],
          },
        });
        const ref = { kind: MESOS_CLUSTER, namespace, name: "mesos" };
        const stored = await world.kube.transport.get<Cluster>(ref, call());
        expect(stored?.spec.roles.map(({ name, weight }) => [name, weight])).to.deep.equal([
          ["db", "3"],
          ["web", "2"],
        ]);
        // A person's change of the object reaches the master as before.
        const roles = [{ name: "ml", weight: "5" }];
        await world.kube.transport.apply(
          MESOS_CLUSTER,
          { ...git, spec: { roles: [...git.spec.roles, ...roles] } } as never,
          { ...call(), fieldManager: "argocd" },
        );
        await until(
          "the master follows",
          async () => (await post(real.port, { type: "GET_WEIGHTS" })).body.includes('"ml"'),
          { timeoutMs: 10_000 },
        );
      } finally {
        await real.stop();
      }
    });
  });
});

const post = (port: number, body: unknown): Promise<HttpExchange> =>
  exchange(port, "/api/v1", {
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
