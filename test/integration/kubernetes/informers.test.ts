import { expect } from "chai";
import { Informers } from "../../../src/runtime/informer/informers.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import { until } from "../../cluster/host/until.ts";
import { useCluster } from "../../support/cluster.ts";
import {
  connectReal,
  makeNamespace,
  removeNamespace,
  type RealKube,
} from "../../support/kubernetes/real-kube.ts";

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

const IN_TIME = { timeoutMs: 20_000, intervalMs: 10 };

describe("informers on the real server", () => {
  const cluster = useCluster("control-plane");
  let kube: RealKube;
  let namespace: string;
  let informers: Informers;
  let stop: AbortController;
  const kind = KINDS.ConfigMap;

  before(async function start() {
    this.timeout(600_000);
    kube = await connectReal((await cluster()).kubeconfigPath);
    namespace = await makeNamespace(kube.transport, "informers");
  });
  after(async () => {
    await removeNamespace(kube.transport, namespace);
    await kube.close();
  });
  beforeEach(() => {
    stop = new AbortController();
    informers = new Informers({ ...kube, reader: kube.transport, freeze: true });
  });
  afterEach(async () => {
    stop.abort();
    await informers.stopped();
  });

  const put = (name: string, labels: Record<string, string>, value = "1"): Promise<ConfigMap> =>
    kube.transport.apply<ConfigMap>(
      kind,
      { metadata: { name, namespace, labels }, data: { value } },
      { signal: AbortSignal.timeout(10_000) },
    );

  it("follows metadata alone when nobody needs more", async () => {
    await put("meta", { mode: "metadata" });
    const cached = informers.of<ConfigMap>({
      kind,
      namespace,
      labelSelector: "mode=metadata",
      mode: "metadata",
    });
    await informers.start(stop.signal);
    expect(cached.get(`${namespace}/meta`)).to.have.nested.property("metadata.uid");
    expect(cached.get(`${namespace}/meta`)).not.to.have.property("data");
    await put("meta-2", { mode: "metadata" });
    await until(
      "the new object is cached",
      () => cached.get(`${namespace}/meta-2`) !== undefined,
      IN_TIME,
    );
    expect(cached.get(`${namespace}/meta-2`)).not.to.have.property("data");
  });

  it("hears of an object that leaves its selection as a deletion", async () => {
    await put("mover", { stays: "yes" });
    const cached = informers.of<ConfigMap>({ kind, namespace, labelSelector: "stays=yes" });
    const told: string[] = [];
    cached.onChange((change) => told.push(change.kind));
    await informers.start(stop.signal);
    await put("mover", { stays: "no" });
    await until("both objects are told", () => told.length === 2, IN_TIME);
    await put("mover", { stays: "yes" });
    await until("the deletion is told", () => told.length === 3, IN_TIME);
    expect(told).to.deep.equal(["added", "deleted", "added"]);
  });

  it("learns 1,000 objects by one request and follows them on one connection", async () => {
    const names = Array.from({ length: 1_000 }, (_, index) => `many-${index}`);
    for (let at = 0; at < names.length; at += 16) {
      await Promise.all(names.slice(at, at + 16).map((name) => put(name, { many: "yes" })));
    }
    const cached = informers.of<ConfigMap>({ kind, namespace, labelSelector: "many=yes" });
    const lists = { verb: "list", host: new URL(kube.server).host };
    await informers.start(stop.signal);
    expect([...cached.list()]).to.have.length(1_000);
    expect(
      kube.meter.observed("rest_client_request_duration_seconds", lists),
      "no list beside the watch",
    ).to.have.length(0);
    await put("many-7", { many: "yes" }, "2");
    await until(
      "the change is cached",
      () => cached.get(`${namespace}/many-7`)?.data?.["value"] === "2",
      IN_TIME,
    );
  }).timeout(60_000);
});
