import { expect } from "chai";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MESOS_CLUSTER } from "../../../src/api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import { until } from "../../cluster/host/until.ts";
import { AgentProcess } from "../../support/agent/agent-process.ts";
import { installCrds } from "../../support/crd/install-crds.ts";
import { useCluster } from "../../support/cluster.ts";
import { connectReal, type RealKube } from "../../support/kubernetes/real-kube.ts";

const CLI = new URL("../../../src/processes/cli/main.ts", import.meta.url).pathname;
const NAMESPACE = "agent-hosted";
const LABEL = "agent-hosted-test";
const AGENTS_MAX_MS = 60_000;
const CALL_MAX_MS = 30_000;
const cluster = useCluster("control-plane");

interface MasterState {
  readonly slaves: readonly {
    readonly id: string;
    readonly hostname: string;
    readonly active: boolean;
    readonly reregistered_time?: number;
  }[];
}

describe("hosted agents: one process, many nodes, the real master", function () {
  this.timeout(300_000);
  const signal = (): AbortSignal => AbortSignal.timeout(CALL_MAX_MS);
  let kube: RealKube;
  let master: ChildProcess;
  let agents: AgentProcess;
  let url: string;
  const workDir = mkdtempSync(join(tmpdir(), "agent-hosted-"));

  before(async () => {
    const { kubeconfigPath } = await cluster();
    kube = await connectReal(kubeconfigPath);
    await installCrds(kube.transport, signal());
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } };
    await kube.transport.apply(KINDS.Namespace, namespace, { signal: signal() });
    const pool = {
      apiVersion: "orchestrator.io/v1alpha1",
      kind: "MesosCluster",
      metadata: { name: "pool", namespace: NAMESPACE },
      spec: { agents: { enabled: false } },
    };
    await kube.transport.apply(MESOS_CLUSTER, pool, { signal: signal() });
    for (const name of ["hosted-a", "hosted-b", "hosted-c"]) await addNode(name);
    const port = await freePort();
    url = `http://127.0.0.1:${port}`;
    const flags = ["--standalone", `--port=${port}`, "--health-port=0", "--log-level=error"];
    const own = ["--ip=127.0.0.1", "--advertise-ip=127.0.0.1", `--work-dir=${workDir}`];
    master = spawn(process.execPath, [CLI, "master", ...flags, ...own], { stdio: "inherit" });
    agents = new AgentProcess([
      `--master=${url}`,
      "--ip=127.0.0.1",
      `--nodes=${LABEL}=true`,
      `--cluster=${NAMESPACE}/pool`,
      `--kubeconfig=${kubeconfigPath}`,
    ]);
  });

  after(async () => {
    await agents.end("SIGKILL");
    master.kill("SIGKILL");
    for (const name of ["hosted-a", "hosted-b", "hosted-c", "hosted-d"]) {
      await kube.transport.delete({ kind: KINDS.Node, name }, { signal: signal() });
    }
    await kube.transport.delete({ kind: KINDS.Namespace, name: NAMESPACE }, { signal: signal() });
    await kube.close();
    rmSync(workDir, { recursive: true, force: true });
  });

  /** A node that nobody runs: an agent of it offers what its status says. */
  async function addNode(name: string): Promise<void> {
    const node = {
      apiVersion: "v1",
      kind: "Node",
      metadata: { name, labels: { [LABEL]: "true" } },
    };
    await kube.transport.apply(KINDS.Node, node, { signal: signal() });
    const amounts = { cpu: "4", memory: "8Gi", pods: "10" };
    const status = { ...node, status: { allocatable: amounts, capacity: amounts } };
    await kube.transport.apply(KINDS.Node, status, { signal: signal(), subresource: "status" });
  }

  async function agentsAtMaster(): Promise<MasterState["slaves"]> {
    const response = await fetch(`${url}/state`).catch(() => undefined);
    if (response?.ok !== true) return [];
    const { slaves } = (await response.json()) as MasterState;
    return slaves.toSorted((a, b) => (a.hostname < b.hostname ? -1 : 1));
  }

  async function activeAgents(): Promise<readonly string[]> {
    const agentsNow = await agentsAtMaster();
    return agentsNow.filter(({ active }) => active).map(({ hostname }) => hostname);
  }

  async function untilAgents(want: readonly string[]): Promise<void> {
    const areThere = async (): Promise<boolean> => (await activeAgents()).join() === want.join();
    await until(`agents ${want.join()}`, areThere, { timeoutMs: AGENTS_MAX_MS });
  }

  it("MES-03 registers one agent per node, and more when nodes come", async () => {
    await untilAgents(["hosted-a", "hosted-b", "hosted-c"]);
    await addNode("hosted-d");
    await untilAgents(["hosted-a", "hosted-b", "hosted-c", "hosted-d"]);
  });

  it("keeps every AgentID over a SIGKILL, by the node's UID", async () => {
    const before = await agentsAtMaster();
    const crashedAtSeconds = Date.now() / 1000;
    await agents.crash();
    const allBack = async (): Promise<MasterState["slaves"] | false> => {
      const now = await agentsAtMaster();
      const areBack = now.every((agent) => (agent.reregistered_time ?? 0) >= crashedAtSeconds);
      return now.length > 0 && areBack && now;
    };
    const now = await until("all registered again", allBack, { timeoutMs: AGENTS_MAX_MS });
    expect(now.map(({ id }) => id)).to.eql(before.map(({ id }) => id));
  });

  it("stops the agent of a node that is deleted", async () => {
    await kube.transport.delete({ kind: KINDS.Node, name: "hosted-d" }, { signal: signal() });
    await untilAgents(["hosted-a", "hosted-b", "hosted-c"]);
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
