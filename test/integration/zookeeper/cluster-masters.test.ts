import { expect } from "chai";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execPath } from "node:process";
import { MARATHON_APP } from "../../../src/api/crd/v1alpha1/marathon-app/marathon-app.ts";
import { MESOS_CLUSTER } from "../../../src/api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import type { MesosCluster } from "../../../src/api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import {
  MesosClusterSpec,
  type MesosClusterSpecInput,
} from "../../../src/api/crd/v1alpha1/mesos-cluster/spec.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import { findFreePorts } from "../../cluster/host/free-port.ts";
import { until } from "../../cluster/host/until.ts";
import { detectAsPymesos } from "../../support/election/detectors.ts";
import { FakeKube } from "../../support/kubernetes/fake-kube.ts";
import { HttpKube } from "../../support/kubernetes/http-kube.ts";
import { useEnsemble } from "../../support/zk-ensemble/use-ensemble.ts";

const CLI = join(import.meta.dirname, "../../../src/processes/cli/main.ts");
const READY_MAX_MS = 30_000;

interface Process {
  readonly child: ChildProcess;
  readonly port: number;
  readonly healthPort: number;
  readonly log: string[];
  readonly ended: Promise<number | null>;
}

/** The processes as they are, and a real ensemble; the API server is the fake's, so that no cluster is needed. */
describe("orchestrator master --cluster with ZooKeeper (MES-02, HA-01)", function () {
  this.timeout(120_000);
  const ensemble = useEnsemble({ servers: 1 });
  let folder: string;
  let kube: FakeKube;
  let http: HttpKube;
  let masters: Process[];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "orchestrator-masters-"));
    kube = new FakeKube(() => Date.now());
    http = new HttpKube(kube, [...Object.values(KINDS), MESOS_CLUSTER, MARATHON_APP]);
    await http.start();
    writeFileSync(join(folder, "kubeconfig"), http.kubeconfig("orchestrator"));
    masters = [];
  });
  afterEach(async () => {
    for (const { child } of masters) child.kill("SIGKILL");
    await Promise.all(masters.map(({ ended }) => ended));
    await http.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  function ask(path: string, masters_: MesosClusterSpecInput["masters"] = {}): void {
    kube.put<MesosCluster & KubeObject>(MESOS_CLUSTER, {
      metadata: { name: "mesos", namespace: "orchestrator" },
      spec: MesosClusterSpec.parse({
        zookeeper: { external: { connect: ensemble().addresses.join(",") } },
        masters: { placement: "Dedicated", zookeeperPath: path, ...masters_ },
      }),
    });
  }
  const zkArgs = (election: string, path: string): readonly string[] => [
    `--election=${election}`,
    `--zk=zk://${ensemble().addresses.join(",")}${path}`,
  ];
  async function start(...args: readonly string[]): Promise<Process> {
    const [port = 0, healthPort = 0] = await findFreePorts(2);
    const options = [
      "--cluster=orchestrator/mesos",
      `--kubeconfig=${join(folder, "kubeconfig")}`,
      `--port=${port}`,
      `--health-port=${healthPort}`,
      "--ip=127.0.0.1",
      "--advertise-ip=127.0.0.1",
      "--health-address=127.0.0.1",
    ];
    const child = spawn(execPath, [CLI, "master", ...options, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env["PATH"], POD_NAME: `master-${port}` },
    });
    const log: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (piece: Buffer) => void log.push(piece.toString()));
    }
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    const started = { child, port, healthPort, log, ended };
    masters.push(started);
    return started;
  }
  const state = (master: Process): Promise<Response> =>
    fetch(`http://127.0.0.1:${master.port}/master/state`, { redirect: "manual" });
  const ready = async (master: Process): Promise<string> =>
    (await fetch(`http://127.0.0.1:${master.healthPort}/readyz?verbose`)).text();
  async function answers(master: Process, status: number): Promise<void> {
    await until(`it answers ${status}`, async () => (await state(master)).status === status, {
      timeoutMs: READY_MAX_MS,
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${master.log.join("").slice(-3_000)}`);
    });
  }
  const told = (): MesosCluster["status"] =>
    kube.all<MesosCluster & KubeObject>(MESOS_CLUSTER)[0]?.status;

  it("elects by --election=zookeeper: standbys redirect, a killed leader is followed in under 10 s", async () => {
    ask("/elected", { election: "ZooKeeper" });
    const a = await start(...zkArgs("zookeeper", "/elected"));
    await answers(a, 200);
    const b = await start(...zkArgs("zookeeper", "/elected"));
    await answers(b, 307);
    expect((await state(b)).headers.get("location")).to.equal(`//127.0.0.1:${a.port}/master/state`);
    expect(await ready(b)).to.match(/zookeeper/);
    expect(kube.all(KINDS.Lease), "no Lease is taken").to.deep.equal([]);
    await until("the status tells", () => told()?.election === "ZooKeeper", { timeoutMs: 10_000 });
    const before = told()?.term ?? NaN;
    const killedAtMs = performance.now();
    a.child.kill("SIGKILL");
    await answers(b, 200);
    expect(performance.now() - killedAtMs).to.be.below(10_000);
    await until("the status tells", () => (told()?.term ?? 0) > before, { timeoutMs: 20_000 });
  });

  it("ends with 1 when its session is lost, and is not ready without one", async () => {
    ask("/lost", { election: "ZooKeeper" });
    const a = await start(...zkArgs("zookeeper", "/lost"));
    await answers(a, 200);
    const [server] = ensemble().servers;
    server!.pause();
    try {
      expect(await a.ended).to.equal(1);
      const b = await start(...zkArgs("zookeeper", "/lost"));
      await until(
        "it says what it waits for",
        async () => /zookeeper.*no session at zk:\/\//.test(await ready(b)),
        { timeoutMs: READY_MAX_MS },
      );
      await answers(b, 503);
    } finally {
      server!.resume();
    }
  });

  it("needs Lease and ZooKeeper with --election=both", async () => {
    ask("/both");
    const a = await start(...zkArgs("both", "/both"));
    await answers(a, 200);
    expect(kube.all(KINDS.Lease)).to.have.length(1);
    expect(await detectAsPymesos(ensemble(), "/both")).to.deep.equal({
      ip: "127.0.0.1",
      port: a.port,
    });
    await until("the status tells", () => told()?.election === "Both", { timeoutMs: 10_000 });
  });

  it("publishes the leader of a Lease where the MesosCluster says, and follows it when that changes", async () => {
    ask("/published-a");
    const a = await start();
    await answers(a, 200);
    const at = { ip: "127.0.0.1", port: a.port };
    const isShown = async (path: string): Promise<boolean> =>
      (await detectAsPymesos(ensemble(), path))?.port === at.port;
    await until("it is shown", () => isShown("/published-a"), { timeoutMs: 10_000 });
    expect(await detectAsPymesos(ensemble(), "/published-a")).to.deep.equal(at);
    ask("/published-b");
    await until("it has moved", () => isShown("/published-b"), { timeoutMs: 15_000 });
    expect(await isShown("/published-a")).to.equal(false);
    ask("/published-b", { publishMasterInfo: false });
    await until("it is taken away", async () => !(await isShown("/published-b")), {
      timeoutMs: 15_000,
    });
    expect((await state(a)).status).to.equal(200);
  });
});
