import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { ClusterError } from "../host/cluster-error.ts";
import { tryCommand } from "../host/run-command.ts";
import type { BuildInputs } from "./cache-key.ts";
import type { BinaryUnit } from "./units.ts";

const minimumGo: readonly [number, number] = [1, 26];

export interface GoToolchain {
  readonly version: string;
  readonly platform: string;
}

/** The Go toolchain on PATH, or one line that says what is wrong with it. */
export async function findGoToolchain(): Promise<GoToolchain | { readonly missing: string }> {
  const install = `Go ≥ ${minimumGo.join(".")} on PATH is needed to build the cluster's binaries`;
  const result = await tryCommand("go", ["env", "GOVERSION", "GOOS", "GOARCH"], {
    cwd: moduleFolder("kubernetes"),
  }).catch(() => undefined);
  if (result === undefined) return { missing: `${install}; there is none` };
  const [version = "", os = "", arch = ""] = result.stdout.trim().split("\n");
  if (result.exitCode !== 0) return { missing: `${install}: ${result.stderr.trim()}` };
  if (!isRecentGo(version)) return { missing: `${install}; found ${version}` };
  return { version, platform: `${os}/${arch}` };
}

export async function readBuildInputs(unit: BinaryUnit, go: GoToolchain): Promise<BuildInputs> {
  const moduleFiles: Record<string, string> = {};
  if (unit.source.kind === "tools") {
    const folder = moduleFolder(unit.source.folder);
    for (const name of ["go.mod", "go.sum"]) {
      moduleFiles[name] = await readFile(`${folder}/${name}`, "utf8");
    }
  }
  return { unit, moduleFiles, goVersion: go.version, platform: go.platform };
}

export function moduleFolder(name: "kubernetes" | "argocd"): string {
  return fileURLToPath(new URL(`../modules/${name}`, import.meta.url));
}

/** @throws {ClusterError} when there is no usable Go. */
export async function requireGoToolchain(): Promise<GoToolchain> {
  const go = await findGoToolchain();
  if ("missing" in go) throw new ClusterError(go.missing, "https://go.dev/doc/install");
  return go;
}

export function isRecentGo(version: string): boolean {
  const match = /^go(\d+)\.(\d+)/.exec(version);
  if (!match) return false;
  const major = Number(match[1]);
  const minor = Number(match[2]);
  return major > minimumGo[0] || (major === minimumGo[0] && minor >= minimumGo[1]);
}
