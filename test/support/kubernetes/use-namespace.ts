import { useCluster } from "../cluster.ts";
import { installCrds } from "../crd/install-crds.ts";
import { connectReal, makeNamespace, removeNamespace, type RealKube } from "./real-kube.ts";

const START_MAX_MS = 300_000;

/** There from the suite's first hook on. */
export interface UsedNamespace {
  readonly kube: RealKube;
  readonly namespace: string;
}

/** A namespace of its own for the suite, on an API server that has our CRDs; removed after the last test. */
export function useNamespace(prefix: string): UsedNamespace {
  const cluster = useCluster("control-plane");
  let used: UsedNamespace | undefined;
  before(async function start() {
    this.timeout(START_MAX_MS);
    const kube = await connectReal((await cluster()).kubeconfigPath);
    await installCrds(kube.transport, AbortSignal.timeout(START_MAX_MS));
    used = { kube, namespace: await makeNamespace(kube.transport, prefix) };
  });
  after(async () => {
    if (used === undefined) return;
    await removeNamespace(used.kube.transport, used.namespace);
    await used.kube.close();
  });
  const found = (): UsedNamespace => {
    if (used === undefined) throw new Error("the namespace is not there yet");
    return used;
  };
  return {
    get kube() {
      return found().kube;
    },
    get namespace() {
      return found().namespace;
    },
  };
}
