import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect } from "chai";
import { KubeLeaseStore } from "../../../src/adapters/kubernetes/kube-lease-store.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import { LeaseElection } from "../../../src/runtime/leader/lease-election.ts";
import { MASTER_TIMING } from "../../../src/runtime/leader/lease-timing.ts";
import type { Term } from "../../../src/runtime/leader/term.ts";
import { useCluster } from "../../support/cluster.ts";
import {
  connectReal,
  makeNamespace,
  removeNamespace,
  type RealKube,
} from "../../support/kubernetes/real-kube.ts";

interface ConfigMap extends KubeObject {
  readonly data: Readonly<Record<string, string>>;
}

describe("the fence of a term", () => {
  const cluster = useCluster("control-plane");
  let kubeconfigPath: string;
  let kube: RealKube;
  let namespace: string;

  before(async function start() {
    this.timeout(600_000);
    kubeconfigPath = (await cluster()).kubeconfigPath;
    kube = await connectReal(kubeconfigPath);
    namespace = await makeNamespace(kube.transport, "fence");
  });
  after(async () => {
    await removeNamespace(kube.transport, namespace);
    await kube.close();
  });

  it("lets a leader that stood still for 12 s write nothing more and end with 1, while another leads", async () => {
    const script = new URL("../../support/kubernetes/blocked-leader.ts", import.meta.url).pathname;
    const child = spawn(process.execPath, [script, kubeconfigPath, namespace, "old", "12000"], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const exited = once(child, "exit");
    await once(child.stdout, "data");

    const stop = new AbortController();
    const won = Promise.withResolvers<Term>();
    const election = new LeaseElection({
      ...kube,
      name: "fence",
      store: new KubeLeaseStore(kube.transport, namespace, "master"),
      identity: "new",
      timing: MASTER_TIMING,
    });
    const running = election.run({ onWon: won.resolve, onLost: () => undefined }, stop.signal);
    const term = await won.promise;
    expect(term.number).to.equal(2);

    const signal = AbortSignal.timeout(30_000);
    const object: ConfigMap = { metadata: { name: "written", namespace }, data: { by: "new" } };
    const ours = await kube.transport.apply(KINDS.ConfigMap, object, {
      signal,
      fieldManager: "new",
    });
    const [code] = (await exited) as [number];
    expect(code).to.equal(1);
    const ref = { kind: KINDS.ConfigMap, namespace, name: "written" };
    const after = await kube.transport.get<ConfigMap>(ref, { signal });
    expect(after?.metadata.resourceVersion).to.equal(ours.metadata.resourceVersion);
    expect(after?.data["by"]).to.equal("new");
    expect(term.isCurrent()).to.equal(true);
    stop.abort();
    await running;
  }).timeout(60_000);
});
