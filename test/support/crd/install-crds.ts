import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import type { KubeTransport } from "../../../src/runtime/ports/kube-transport.ts";
import { until } from "../../cluster/host/until.ts";

const SERVED_MAX_MS = 60_000;
const CRDS = join(import.meta.dirname, "../../../crds");

/** The committed CRDs, as YAML. */
export function crdManifests(): readonly string[] {
  return readdirSync(CRDS)
    .filter((file) => file.startsWith("orchestrator.io_"))
    .map((file) => readFileSync(join(CRDS, file), "utf8"));
}

/** The committed CRDs, as objects. */
export function committedCrds(): readonly KubeObject[] {
  return crdManifests().map((manifest) => parse(manifest) as KubeObject);
}

interface Established extends KubeObject {
  readonly status?: { readonly conditions?: readonly { type: string; status: string }[] };
}

function isEstablished(crd: Established | undefined): boolean {
  return (
    crd?.status?.conditions?.some(
      ({ type, status }) => type === "Established" && status === "True",
    ) === true
  );
}

/** Applies the committed CRDs and waits until they are served. */
export async function installCrds(kube: KubeTransport, signal: AbortSignal): Promise<void> {
  const kind = KINDS.CustomResourceDefinition;
  for (const crd of committedCrds()) await kube.apply(kind, crd, { signal });
  for (const { metadata } of committedCrds()) {
    const ref = { kind, name: metadata.name };
    const isServed = async (): Promise<boolean> =>
      isEstablished(await kube.get<Established>(ref, { signal }));
    await until(`${ref.name} is served`, isServed, { timeoutMs: SERVED_MAX_MS, signal });
  }
}
