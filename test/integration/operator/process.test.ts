import { expect } from "chai";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { execPath } from "node:process";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import { until as poll } from "../../cluster/host/until.ts";
import { findFreePorts } from "../../cluster/host/free-port.ts";
import { useCluster } from "../../support/cluster.ts";
import { installCrds } from "../../support/crd/install-crds.ts";
import { LeaseHolders } from "../../support/kubernetes/lease-holders.ts";
import {
  connectReal,
  makeNamespace,
  removeNamespace,
  type RealKube,
} from "../../support/kubernetes/real-kube.ts";

const CLI = join(import.meta.dirname, "../../../src/processes/cli/main.ts");
const CALL_MAX_MS = 30_000;

interface Lease extends KubeObject {
  readonly spec?: { readonly holderIdentity?: string | null };
}

/** `orchestrator operator` as people start it. */
class Operator {
  readonly child: ChildProcess;
  output = "";

  constructor(...args: readonly string[]) {
    this.child = spawn(execPath, [CLI, "operator", ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      // Without the environment of a pod, even if this test runs in one.
      env: { PATH: "", HOME: "" },
    });
    const keep = (chunk: Buffer): void => {
      this.output += chunk.toString("utf8");
    };
    this.child.stdout?.on("data", keep);
    this.child.stderr?.on("data", keep);
  }

  async exitCode(): Promise<number | null> {
    if (this.child.exitCode === null) await once(this.child, "exit");
    return this.child.exitCode;
  }
}

describe("the operator as a process", function () {
  this.timeout(120_000);
  const cluster = useCluster("control-plane");
  const signal = (): AbortSignal => AbortSignal.timeout(CALL_MAX_MS);
  let kube: RealKube;
  let namespace: string;
  let kubeconfig: string;
  const started: Operator[] = [];

  before(async function () {
    this.timeout(300_000);
    kubeconfig = (await cluster()).kubeconfigPath;
    kube = await connectReal(kubeconfig);
    await installCrds(kube.transport, signal());
    namespace = await makeNamespace(kube.transport, "operator");
  });
  after(async () => {
    for (const { child } of started) child.kill("SIGKILL");
    await removeNamespace(kube.transport, namespace);
    await kube.close();
  });

  function start(...args: readonly string[]): Operator {
    const operator = new Operator(...args);
    started.push(operator);
    return operator;
  }

  const run = (name: string, port = 0): Operator =>
    start(
      `--kubeconfig=${kubeconfig}`,
      `--namespace=${namespace}`,
      `--watch-namespace=${namespace}`,
      "--health-address=127.0.0.1",
      `--health-port=${port}`,
      "--metrics-on-health",
      `--instance=${name}`,
    );

  const ask = (port: number, path: string): Promise<Response | undefined> =>
    fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);

  /** What the process said last is in the failure's message. */
  async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const seen = async (): Promise<true> => {
      if (await holds()) return true;
      throw new Error(started.at(-1)?.output ?? "");
    };
    await poll(what, seen, { timeoutMs: 60_000 });
  }

  const holder = async (name: string): Promise<string> => {
    const ref = { kind: KINDS.Lease, namespace, name: `orchestrator-operator-${name}` };
    return (await kube.transport.get<Lease>(ref, { signal: signal() }))?.spec?.holderIdentity ?? "";
  };

  it("ends with 2 and names all that is wrong when its configuration is", async () => {
    const operator = start("--max-concurrent=0", "--log-level=loud");
    expect(await operator.exitCode()).to.equal(2);
    expect(operator.output).to.contain("--max-concurrent:").and.to.contain("--log-level:");
  });

  it("leads, says that it is ready, counts, and hands over at once when it is asked to end (F4)", async () => {
    const [port = 0, standbyPort = 0] = await findFreePorts(2);
    const first = run("one", port);
    await until("ready", async () => (await ask(port, "/readyz"))?.status === 200);
    await until("leading", async () => (await holder("one")) !== "");
    expect((await ask(port, "/healthz"))?.status).to.equal(200);
    const metrics = await (await ask(port, "/metrics"))?.text();
    expect(metrics).to.contain('leader_election_master_status{name="orchestrator-operator-one"} 1');
    expect(metrics).to.match(
      /controller_runtime_reconcile_total\{.*controller="mesos-cluster".*\}/,
    );

    const second = run("one", standbyPort);
    await until(
      "standby is ready",
      async () => (await ask(standbyPort, "/readyz"))?.status === 200,
    );
    const holders = new LeaseHolders(kube.transport, namespace, "orchestrator-operator-one");
    await holders.until(1);
    first.child.kill("SIGTERM");
    await holders.until(3);
    holders.stop();
    // Released, so that nobody waits for it to run out.
    const [before, released, after] = holders.seen;
    expect(released, "F4: graceful hand-over").to.equal("");
    expect(after).to.not.equal(before);
    expect(await first.exitCode()).to.equal(0);
    second.child.kill("SIGTERM");
    expect(await second.exitCode()).to.equal(0);
    expect(await holder("one")).to.equal("");
  });

  it("ends with 1 when somebody else has its lease, so that it is started anew", async () => {
    const operator = run("robbed");
    await until("leading", async () => (await holder("robbed")) !== "");
    const ref = { kind: KINDS.Lease, namespace, name: "orchestrator-operator-robbed" };
    const spec = {
      holderIdentity: "thief",
      renewTime: `${new Date().toISOString().slice(0, -1)}000Z`,
    };
    await kube.transport.patch(ref, { type: "merge", patch: { spec } }, { signal: signal() });
    expect(await operator.exitCode()).to.equal(1);
  });

  it("ends with 3 when a CRD is of an older schema", async () => {
    const ref = { kind: KINDS.CustomResourceDefinition, name: "mesosclusters.orchestrator.io" };
    const annotate = (version: string) =>
      kube.transport.patch(
        ref,
        {
          type: "merge",
          patch: { metadata: { annotations: { "orchestrator.io/schema-version": version } } },
        },
        { signal: signal() },
      );
    await annotate("0");
    try {
      const operator = run("two");
      expect(await operator.exitCode()).to.equal(3);
      expect(operator.output).to.contain("CRD_SCHEMA_OLD");
    } finally {
      await annotate("1");
    }
  });
});
