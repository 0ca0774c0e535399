import { expect } from "chai";
import { Informers } from "../../../src/runtime/informer/informers.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import { startCluster, type Cluster } from "../../cluster/index.ts";
import { until } from "../../cluster/host/until.ts";
import { connectReal, type RealKube } from "../../support/kubernetes/real-kube.ts";

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

const IN_TIME = { timeoutMs: 60_000, intervalMs: 20 };

// A cluster of its own: its API server is killed.
describe("informers through an outage of the API server", () => {
  let cluster: Cluster;
  let kube: RealKube;
  const kind = KINDS.ConfigMap;
  const signal = (): AbortSignal => AbortSignal.timeout(20_000);

  before(async function start() {
    this.timeout(600_000);
    cluster = await startCluster({ name: `outage-${process.pid}`, tier: "control-plane" });
    kube = await connectReal(cluster.kubeconfigPath);
  });
  after(async function end() {
    this.timeout(60_000);
    await kube.close();
    await cluster.stop();
  });

  /** Until the API server answers again. */
  async function answering(): Promise<void> {
    const ref = { kind: KINDS.Namespace, name: "default" };
    const ask = (): Promise<object | undefined> =>
      kube.transport.get(ref, { signal: AbortSignal.timeout(2_000) });
    await until("the API server answers", ask, { timeoutMs: 60_000, intervalMs: 200 });
  }

  it("keeps what it knew while the server is away, and catches up with what happened meanwhile", async () => {
    const stop = new AbortController();
    const told: string[] = [];
    const informers = new Informers({ ...kube, reader: kube.transport, freeze: true });
    const selection = { kind, namespace: "default", labelSelector: "outage=yes" };
    const cached = informers.of<ConfigMap>(selection);
    cached.onChange(({ kind: what, object }) => told.push(`${what} ${object.metadata.name}`));
    const put = (name: string, value: string): Promise<ConfigMap> => {
      const metadata = { name, namespace: "default", labels: { outage: "yes" } };
      const object: ConfigMap = { metadata, data: { value } };
      return kube.transport.apply(kind, object, { signal: signal() });
    };
    await put("kept", "1");
    await put("changed", "1");
    await put("removed", "1");
    await informers.start(stop.signal);
    await until("all three are told", () => told.length === 3, IN_TIME);

    await cluster.killProcess("kube-apiserver");
    await new Promise<void>((resolve) => void kube.clock.after(3_000, resolve));
    expect([...cached.list()]).to.have.length(3);
    expect(informers.hasSynced()).to.equal(true);

    await cluster.restartProcess("kube-apiserver");
    await answering();
    told.length = 0;
    await put("changed", "2");
    await put("new", "1");
    const removed = { kind, namespace: "default", name: "removed" };
    await kube.transport.delete(removed, { signal: signal() });
    await until("what happened meanwhile is told", () => told.length >= 3, IN_TIME);
    expect(told.sort()).to.deep.equal(["added new", "deleted removed", "updated changed"]);
    expect(cached.get("default/changed")?.data).to.deep.equal({ value: "2" });
    stop.abort();
    await informers.stopped();
  }).timeout(90_000);
});
