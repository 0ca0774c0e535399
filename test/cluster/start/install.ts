import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import type { Progress } from "../host/progress.ts";
import { until } from "../host/until.ts";
import { conditionOf, getJson, type Kubectl } from "./kubectl.ts";

export interface InstallRequest {
  readonly kubectl: Kubectl;
  /** Root of the repository. */
  readonly root: string;
  /** Folder for the generated overlay. */
  readonly workDir: string;
  /** Image of the product, and the one with a shell that tasks and samples run in. */
  readonly images: { readonly runtime: string; readonly node: string };
  readonly progress: Progress;
  readonly signal?: AbortSignal;
}

/** Installs CRDs, roles, policies, operator and services, applies the samples, and waits until they are Ready. */
export async function install(request: InstallRequest): Promise<void> {
  const { kubectl, progress, root, workDir, images, signal } = request;
  progress.note("installing the operator (config/default)");
  const base = overlay(workDir, "install", join(root, "config/default"), images);
  await applyUntilKnown(kubectl, base, signal);
  await kubectl([
    "wait",
    "--for=condition=Available",
    "--timeout=180s",
    "--namespace=orchestrator",
    "deployment/orchestrator-operator",
  ]);
  progress.note("applying the samples (config/samples)");
  const samples = overlay(workDir, "samples", join(root, "config/samples"), images);
  await applyUntilKnown(kubectl, samples, signal);
  await waitForSamples(kubectl, progress, signal);
}

/** A kind that a moment ago was only defined may not be served yet: applied again until the server knows all. */
async function applyUntilKnown(
  kubectl: Kubectl,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  await until(
    `kubectl apply -k ${folder}`,
    async () => {
      await kubectl(["apply", "--server-side", "--force-conflicts", "-k", folder]);
      return true;
    },
    { timeoutMs: 60_000, intervalMs: 1_000, signal },
  );
}

async function waitForSamples(
  kubectl: Kubectl,
  progress: Progress,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const kind of ["mesosclusters", "marathonapps"]) {
    await until(
      `every sample of kind ${kind} is Ready`,
      async () => {
        const list = await getJson(kubectl, [kind, "--namespace=orchestrator"]);
        const waiting = (list.items ?? []).filter(
          (object) => conditionOf(object, "Ready")?.status !== "True",
        );
        for (const object of waiting) {
          const ready = conditionOf(object, "Ready");
          progress.update(
            `${object.metadata.name}: ${ready?.reason ?? "not seen yet"} ${ready?.message ?? ""}`,
          );
        }
        return (list.items ?? []).length > 0 && waiting.length === 0;
      },
      { timeoutMs: 240_000, intervalMs: 1_000, signal },
    );
  }
  progress.done();
}

/** A kustomization over `base` that puts the given images in; kept, so that a person can look at it. */
function overlay(
  workDir: string,
  name: string,
  base: string,
  images: InstallRequest["images"],
): string {
  const folder = join(workDir, name);
  mkdirSync(folder, { recursive: true });
  const image = (from: string, to: string): object => {
    const colon = to.lastIndexOf(":");
    const isTagged = colon > to.lastIndexOf("/");
    return {
      name: from,
      newName: isTagged ? to.slice(0, colon) : to,
      ...(isTagged ? { newTag: to.slice(colon + 1) } : {}),
    };
  };
  const kustomization = {
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    resources: [relative(folder, base)],
    images: [
      image("localhost/orchestrator", images.runtime),
      image("localhost/orchestrator-node", images.node),
    ],
  };
  writeFileSync(join(folder, "kustomization.yaml"), JSON.stringify(kustomization, undefined, 2));
  return folder;
}
