import { expect } from "chai";
import { readFileSync } from "node:fs";
import type { PodManifest } from "../../../src/domain/agent/pod/pod-manifest.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import { useCluster } from "../../support/cluster.ts";
import { connectReal, type RealKube } from "../../support/kubernetes/real-kube.ts";

const GOLDEN_FILE = new URL("../../support/agent/golden-pods.json", import.meta.url);
const golden = JSON.parse(readFileSync(GOLDEN_FILE, "utf8")) as Record<string, PodManifest>;
const cluster = useCluster("control-plane");
const NAMESPACE = "golden-pods";
const CALL_MAX_MS = 30_000;

describe("golden task Pods on a real API server", function () {
  this.timeout(300_000);
  let kube: RealKube;
  const signal = (): AbortSignal => AbortSignal.timeout(CALL_MAX_MS);

  before(async () => {
    const { kubeconfigPath } = await cluster();
    kube = await connectReal(kubeconfigPath);
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } };
    await kube.transport.apply(KINDS.Namespace, namespace, { signal: signal() });
    const priority = {
      apiVersion: "scheduling.k8s.io/v1",
      kind: "PriorityClass",
      metadata: { name: "orchestrator-revocable" },
      value: -1000,
      preemptionPolicy: "Never",
    };
    await kube.transport.apply(KINDS.PriorityClass, priority, { signal: signal() });
  });

  after(async () => {
    await kube.transport.delete({ kind: KINDS.Namespace, name: NAMESPACE }, { signal: signal() });
    await kube.close();
  });

  for (const [name, pod] of Object.entries(golden)) {
    it(`CNT-05 accepts ${name}`, async () => {
      const inNamespace = { ...pod, metadata: { ...pod.metadata, namespace: NAMESPACE } };
      const stored = await kube.transport.create(KINDS.Pod, inNamespace, {
        signal: signal(),
        dryRun: true,
      });
      expect(stored.metadata.name).to.equal(pod.metadata.name);
    });
  }
});
