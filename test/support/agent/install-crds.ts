import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import type { KubeTransport } from "../../../src/runtime/ports/kube-transport.ts";

interface CrdStatus extends KubeObject {
  readonly status?: { readonly conditions?: readonly { type: string; status: string }[] };
}

/** The MesosCluster kind, served when this resolves. */
export async function installCrds(kube: KubeTransport, signal: AbortSignal): Promise<void> {
  const file = new URL("../../../crds/orchestrator.io_mesosclusters.yaml", import.meta.url);
  const crd = parse(readFileSync(file, "utf8")) as KubeObject;
  const kind = KINDS.CustomResourceDefinition;
  await kube.apply(kind, crd, { signal });
  for (;;) {
    const now = await kube.get<CrdStatus>({ kind, name: crd.metadata.name }, { signal });
    const isServed = now?.status?.conditions?.some(
      ({ type, status }) => type === "Established" && status === "True",
    );
    if (isServed === true) return;
    await new Promise((wake) => setTimeout(wake, 100));
  }
}
