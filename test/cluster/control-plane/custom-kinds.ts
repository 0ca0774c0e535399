import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Binaries } from "../binaries/ensure-binaries.ts";
import { until } from "../host/until.ts";
import type { ApiClient } from "./api-client.ts";

const SERVED_MAX_MS = 90_000;
const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

interface Crd {
  readonly status?: { readonly conditions?: readonly { type: string; status: string }[] };
}

/** Manifests of the kinds that the Rollouts controller works on. */
export function rolloutsCrds(binaries: Binaries): readonly string[] {
  const folder = binaries.asset("rollouts-crds");
  return readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
}

/**
 * Applies them and waits until they are served. Before the controllers start: the garbage collector asks which kinds there
 * are when it starts, and from then on every 30 s.
 */
export async function installCrds(
  crds: readonly string[],
  api: ApiClient,
  signal: AbortSignal | undefined,
): Promise<void> {
  const paths = crds.map((manifest) => `${CRDS}/${nameOf(manifest)}`);
  await Promise.all(crds.map((manifest, at) => api.apply(paths[at] ?? "", manifest)));
  const isServed = async (path: string): Promise<boolean> => {
    const conditions = (await api.get<Crd>(path))?.status?.conditions ?? [];
    return conditions.some(({ type, status }) => type === "Established" && status === "True");
  };
  await until(
    "custom kinds served",
    async () => (await Promise.all(paths.map(isServed))).every(Boolean),
    { timeoutMs: SERVED_MAX_MS, signal },
  );
}

function nameOf(manifest: string): string {
  const name = /^ {2}name: (\S+)$/m.exec(manifest)?.[1];
  if (name === undefined) throw new Error("a CRD has no name");
  return name;
}
