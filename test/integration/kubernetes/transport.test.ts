import { useCluster } from "../../support/cluster.ts";
import {
  connectReal,
  makeNamespace,
  removeNamespace,
  type RealKube,
} from "../../support/kubernetes/real-kube.ts";
import { describeKubeTransport } from "../../support/kubernetes/transport-contract.ts";

describe("UndiciTransport", () => {
  const cluster = useCluster("control-plane");
  let kube: RealKube;
  let namespace: string;

  before(async function start() {
    this.timeout(600_000);
    kube = await connectReal((await cluster()).kubeconfigPath);
    namespace = await makeNamespace(kube.transport, "transport");
  });
  after(async () => {
    await removeNamespace(kube.transport, namespace);
    await kube.close();
  });

  describeKubeTransport("the API server", () => ({ kube: kube.transport, namespace }));
});
