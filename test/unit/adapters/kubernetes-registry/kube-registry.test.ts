import { expect } from "chai";
import { KubeRegistry } from "../../../../src/adapters/kubernetes-registry/kube-registry.ts";
import { isOperatingError, OperatingError } from "../../../../src/api/errors/operating-error.ts";
import { KINDS } from "../../../../src/runtime/kube/core-kinds.ts";
import { FakeKube } from "../../../support/kubernetes/fake-kube.ts";
import { describeRegistry } from "../../../support/registry/registry-contract.ts";

const { signal } = new AbortController();
const makeRegistry = (kube: FakeKube, cluster = "mesos"): KubeRegistry =>
  new KubeRegistry({ kube, namespace: "ns", cluster, signal });

describeRegistry("KubeRegistry over the fake transport", () =>
  Promise.resolve(makeRegistry(new FakeKube())),
);

describe("KubeRegistry", () => {
  const bytes = new TextEncoder().encode("{}");

  it("keeps the records of two clusters in one namespace apart", async () => {
    const kube = new FakeKube();
    await makeRegistry(kube, "a").put("agent", "S1", bytes);
    expect(await makeRegistry(kube, "b").list("agent")).to.deep.equal([]);
    expect(await makeRegistry(kube, "b").get("agent", "S1")).to.equal(undefined);
  });

  it("keeps records that may hold an environment in Secrets, all others in ConfigMaps", async () => {
    const kube = new FakeKube();
    await makeRegistry(kube).put("workload", "w", bytes);
    await makeRegistry(kube).put("agent", "S1", bytes);
    expect(kube.all(KINDS.Secret)).to.have.length(1);
    expect(kube.all(KINDS.ConfigMap)).to.have.length(1);
  });

  it("reads more records than one page holds", async () => {
    const kube = new FakeKube();
    const registry = makeRegistry(kube);
    for (let index = 0; index < 501; index += 1) await registry.put("agent", `S${index}`, bytes);
    expect(await registry.list("agent")).to.have.length(501);
  });

  it("refuses a record above 512 KiB before it is sent", async () => {
    const kube = new FakeKube();
    const large = new Uint8Array(512 * 1024 + 1);
    const error: unknown = await makeRegistry(kube)
      .put("agent", "S1", large)
      .catch((reason: unknown) => reason);
    expect(isOperatingError(error, "KUBE_TOO_LARGE")).to.equal(true);
    expect(kube.calls).to.deep.equal([]);
  });

  it("says that the store is away, not that the record is wrong, when the API server fails", async () => {
    const kube = new FakeKube();
    kube.intercept = () => {
      throw new OperatingError("KUBE_UNAVAILABLE", "connection refused");
    };
    const error: unknown = await makeRegistry(kube)
      .get("agent", "S1")
      .catch((reason: unknown) => reason);
    expect(isOperatingError(error, "REGISTRY_UNAVAILABLE")).to.equal(true);
  });

  it("names a record that lost its content", async () => {
    const kube = new FakeKube();
    const registry = makeRegistry(kube);
    await registry.put("agent", "S1", bytes);
    const [object] = kube.all(KINDS.ConfigMap);
    if (object === undefined) throw new Error("expected a ConfigMap");
    kube.put(KINDS.ConfigMap, { metadata: object.metadata });
    const error: unknown = await registry.get("agent", "S1").catch((reason: unknown) => reason);
    expect(isOperatingError(error, "REGISTRY_CORRUPT")).to.equal(true);
  });
});
