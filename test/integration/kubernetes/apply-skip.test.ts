import { expect } from "chai";
import { decideApply, withAppliedHash } from "../../../src/runtime/apply/decide-apply.ts";
import { dropBookkeeping } from "../../../src/runtime/informer/transform.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import { useCluster } from "../../support/cluster.ts";
import { CHILD_SAMPLES } from "../../support/kubernetes/child-samples.ts";
import { eachLeafChanged } from "../../support/kubernetes/mutate-leaves.ts";
import {
  connectReal,
  makeNamespace,
  removeNamespace,
  type RealKube,
} from "../../support/kubernetes/real-kube.ts";

/** Leaves that identify the object or that only the server writes. */
const NOT_OURS = [".metadata.name", ".metadata.namespace", ".apiVersion", ".kind"];

describe("skipping an apply, as the real server stores objects", () => {
  const cluster = useCluster("control-plane");
  let kube: RealKube;
  let namespace: string;
  const signal = (): AbortSignal => AbortSignal.timeout(20_000);

  before(async function start() {
    this.timeout(600_000);
    kube = await connectReal((await cluster()).kubeconfigPath);
    namespace = await makeNamespace(kube.transport, "apply-skip");
  });
  after(async () => {
    await removeNamespace(kube.transport, namespace);
    await kube.close();
  });

  async function applied(name: string): Promise<{ desired: KubeObject; live: KubeObject }> {
    const sample = CHILD_SAMPLES[name]!;
    const desired = sample.desired(namespace);
    await kube.transport.apply(sample.kind, withAppliedHash(desired), { signal: signal() });
    const ref = { kind: sample.kind, namespace, name: desired.metadata.name };
    const live = (await kube.transport.get<KubeObject>(ref, { signal: signal() }))!;
    return { desired, live: dropBookkeeping(live) };
  }

  for (const name of Object.keys(CHILD_SAMPLES)) {
    it(`asks for nothing when a ${name} is as it was applied`, async () => {
      const { desired, live } = await applied(name);
      expect(decideApply(desired, live)).to.deep.equal({ kind: "skip" });
    });

    it(`notices any one leaf of a ${name} that differs from what was applied`, async () => {
      const { desired, live } = await applied(name);
      for (const { path, changed } of eachLeafChanged(desired)) {
        if (NOT_OURS.includes(path)) continue;
        const decision = decideApply(changed as KubeObject, live);
        expect(decision.kind, path).to.equal("update");
        // The same leaf, changed in the live object by somebody else while our hash still stands there.
        const asChanged = withAppliedHash(changed as KubeObject);
        const hash = asChanged.metadata.annotations;
        const edited = { ...live, metadata: { ...live.metadata, annotations: hash } };
        const found = decideApply(changed as KubeObject, edited as KubeObject);
        expect(found.kind, `${path} edited by another manager`).to.equal("update");
      }
    });

    it(`removes a label of a ${name} that is no longer wanted`, async () => {
      const { desired, live } = await applied(name);
      const { "app.kubernetes.io/name": _dropped, ...labels } = desired.metadata.labels!;
      const without = { ...desired, metadata: { ...desired.metadata, labels } };
      expect(decideApply(without, live).kind).to.equal("update");
      const { kind } = CHILD_SAMPLES[name]!;
      const stored = await kube.transport.apply(kind, withAppliedHash(without), {
        signal: signal(),
      });
      expect(stored.metadata.labels).not.to.have.property("app.kubernetes.io/name");
    });
  }

  it("does not skip after another manager took a field", async () => {
    const { desired } = await applied("Service");
    const { kind } = CHILD_SAMPLES["Service"]!;
    const theirs = {
      metadata: { name: desired.metadata.name, namespace },
      spec: { publishNotReadyAddresses: false },
    };
    const stored = await kube.transport.apply(kind, theirs, {
      signal: signal(),
      fieldManager: "person",
      force: true,
    });
    expect(decideApply(desired, stored)).to.deep.equal({
      kind: "update",
      because: "live",
      paths: [".spec.publishNotReadyAddresses"],
    });
  });
});
