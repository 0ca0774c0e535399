import { join } from "node:path";
import type { Progress } from "../host/progress.ts";
import { until } from "../host/until.ts";
import { conditionOf, getJson, type Kubectl } from "./kubectl.ts";
import type { ProductImages } from "./options.ts";
import { writeOverlay } from "./overlay.ts";

export interface InstallRequest {
  readonly kubectl: Kubectl;
  /** Root of the repository. */
  readonly root: string;
  /** Folder for the generated overlays. */
  readonly workDir: string;
  readonly images: ProductImages;
  readonly progress: Progress;
  readonly signal?: AbortSignal | undefined;
}

/** Installs CRDs, roles, policies, operator and services, applies the samples, and waits until they are Ready. */
export async function install(request: InstallRequest): Promise<void> {
  const { kubectl, progress, signal } = request;
  progress.note("installing the operator (config/default)");
  await applyBase(request, "install", "config/default");
  await kubectl([
    "wait",
    "--for=condition=Available",
    "--timeout=180s",
    "--namespace=orchestrator",
    "deployment/orchestrator-operator",
  ]);
  progress.note("applying the samples (config/samples)");
  // A Job cannot be given another image: an earlier one makes room.
  await kubectl(["delete", "job/short-tasks", "--namespace=orchestrator", "--ignore-not-found"]);
  await applyBase(request, "samples", "config/samples");
  await waitForSamples(kubectl, progress, signal);
}

/** Applies a folder below `config/` with the images put in. A kind that a moment ago was only defined may not be served yet: applied again until the server knows all. */
export async function applyBase(
  { kubectl, root, workDir, images, signal }: InstallRequest,
  name: string,
  base: string,
): Promise<void> {
  const folder = writeOverlay({
    folder: join(workDir, name),
    base: join(root, base),
    images,
    hasOperator: base === "config/default",
  });
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
