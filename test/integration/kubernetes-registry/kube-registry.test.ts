import { KubeRegistry } from "../../../src/adapters/kubernetes-registry/kube-registry.ts";
import { useCluster } from "../../support/cluster.ts";
import {
  connectReal,
  makeNamespace,
  removeNamespace,
  type RealKube,
} from "../../support/kubernetes/real-kube.ts";
import { describeRegistry } from "../../support/registry/registry-contract.ts";

describe("KubeRegistry on the API server", () => {
  const cluster = useCluster("control-plane");
  const { signal } = new AbortController();
  let kube: RealKube;
  let namespace: string;
  let opened = 0;

  before(async function start() {
    this.timeout(600_000);
    kube = await connectReal((await cluster()).kubeconfigPath);
    namespace = await makeNamespace(kube.transport, "registry");
  });
  after(async () => {
    await removeNamespace(kube.transport, namespace);
    await kube.close();
  });

  describeRegistry("KubeRegistry over the API server", () => {
    opened += 1;
    const parts = { kube: kube.transport, namespace, cluster: `mesos-${opened}`, signal };
    return Promise.resolve(new KubeRegistry(parts));
  });
});
