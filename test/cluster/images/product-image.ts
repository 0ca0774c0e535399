import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ClusterError } from "../host/cluster-error.ts";
import { repositoryRoot } from "../host/orchestrator-folders.ts";
import { commandFailed, runCommand, tryCommand, type CommandResult } from "../host/run-command.ts";
import { ensureNodeBaseImage } from "./base-image.ts";
import { hashFiles, listCompiledFiles, listProductionFiles } from "./build-inputs.ts";
import { ensureImage, hashOf, type BuiltImage, type ImageOptions } from "./image-store.ts";
import { ensureRuntimeBaseImage } from "./runtime-base-image.ts";

export type ImageTarget = "runtime" | "node";

export interface BuildImageOptions extends ImageOptions {
  /** Stage of the product's Dockerfile. */
  readonly target: ImageTarget;
  /** Default `localhost/orchestrator:dev`, and `localhost/orchestrator-node:dev` for `node`. */
  readonly tag?: string;
  /** `context` (default) compiles here and needs no network, `source` does all inside the build. */
  readonly from?: "context" | "source";
  /** False takes `dist/` as it is. Default true. */
  readonly isCompiled?: boolean;
}

const defaultTags: Readonly<Record<ImageTarget, string>> = {
  runtime: "localhost/orchestrator:dev",
  node: "localhost/orchestrator-node:dev",
};
const always = ["Dockerfile", "LICENSE", "package.json", "package-lock.json"];

/**
 * Builds the product's image from its own Dockerfile on bases made here. Equal inputs (Dockerfile,
 * lockfile, code, bases) are built once; `Cluster.loadImage` takes the result.
 */
export async function buildImage(options: BuildImageOptions): Promise<BuiltImage> {
  const from = options.from ?? "context";
  const nodeBase = await ensureNodeBaseImage(options);
  const runtimeBase = await ensureRuntimeBaseImage(options);
  if (from === "context" && options.isCompiled !== false) await compile(options.signal);
  const files = from === "context" ? [...always, ...listCompiledFiles()] : await listSources();
  const packages = from === "context" ? listProductionFiles() : [];
  const contentHash = hashOf(
    options.target,
    from,
    nodeBase.storageName,
    runtimeBase.storageName,
    // The lockfile, which is among the files, speaks for the content of the packages.
    packages,
    hashFiles(repositoryRoot, files),
  );
  const buildArgs = {
    BUILD_FROM: from,
    NODE_BASE_IMAGE: nodeBase.storageName,
    RUNTIME_BASE_IMAGE: runtimeBase.storageName,
  };
  return await ensureImage(
    {
      name: options.tag ?? defaultTags[options.target],
      contentHash,
      async build(store, internalName) {
        const context = mkdtempSync(join(store.folder, "context-"));
        try {
          await fillContext(context, [...files, ...packages]);
          await store.buildah([
            "build",
            "--pull-never",
            "--layers",
            "--force-rm",
            "--network=host",
            `--target=${options.target}`,
            ...Object.entries(buildArgs).map(([key, value]) => `--build-arg=${key}=${value}`),
            `--tag=${internalName}`,
            context,
          ]);
        } finally {
          rmSync(context, { recursive: true, force: true });
        }
      },
    },
    options,
  );
}

/** Everything git knows or would add: what a checkout elsewhere would hand to the build. */
async function listSources(): Promise<string[]> {
  const args = ["-C", repositoryRoot, "ls-files", "-co", "--exclude-standard", "--deduplicate"];
  const stdout = await runCommand("git", args);
  return stdout.split("\n").filter((path) => path !== "" && !/^(docs|test)\//.test(path));
}

async function compile(signal: AbortSignal | undefined): Promise<void> {
  const result = await tryCommand(process.execPath, [join(repositoryRoot, compiler), "-b", entry], {
    cwd: repositoryRoot,
    signal,
  });
  if (result.exitCode !== 0) {
    const output = result.stdout.trim().slice(0, 2_000);
    throw new ClusterError(`the product does not compile:\n${output}`, "npm run build");
  }
}

const compiler = "node_modules/typescript/bin/tsc";
/** All that ships; tests are compiled by `npm run build` only. */
const entry = "src/processes";

/** Hard links where the file system allows: the packages alone are more than 100 MB. */
async function fillContext(context: string, paths: readonly string[]): Promise<void> {
  const options = { cwd: repositoryRoot, input: paths.join("\0") };
  const copy = (flags: string): Promise<CommandResult> =>
    tryCommand("xargs", ["-0", "cp", flags, "--parents", `--target-directory=${context}`], options);
  if ((await copy("-al")).exitCode === 0) return;
  const result = await copy("-a");
  if (result.exitCode !== 0) throw commandFailed("cp", ["-a"], result);
}
