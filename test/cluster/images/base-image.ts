import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runCommand } from "../host/run-command.ts";
import { hashOf, ensureImage, type BuiltImage, type ImageOptions } from "./image-store.ts";

/** Stands in for the public Node images where no registry is: Debian with Node. */
export const nodeBaseImage = "localhost/node-base:1";

const suite = "bookworm";

/**
 * The base image of the product here: `debootstrap --variant=minbase`, plus the very Node that runs
 * this, at the places where the two public bases have it.
 */
export function ensureNodeBaseImage(options?: ImageOptions): Promise<BuiltImage> {
  return ensureImage(
    {
      name: nodeBaseImage,
      contentHash: hashOf(suite, process.version, process.arch, "layout 2"),
      async build(store, internalName) {
        const folder = mkdtempSync(join(tmpdir(), "orchestrator-base-"));
        try {
          store.progress.note(`building ${nodeBaseImage} (once; about a minute)`);
          const root = join(folder, "root");
          const exclude = "--exclude=e2fsprogs,tzdata";
          await runCommand("debootstrap", ["--variant=minbase", exclude, suite, root]);
          slim(root);
          addNode(root);
          const archive = join(folder, "root.tar");
          await runCommand("tar", ["-C", root, "-cf", archive, "."]);
          const container = (await store.buildah(["from", "--quiet", "scratch"])).trim();
          await store.buildah(["add", "--quiet", container, archive, "/"]);
          const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
          await store.buildah(["config", "--env", path, "--cmd", "/bin/bash", container]);
          await store.buildah(["commit", "--quiet", "--rm", container, internalName]);
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      },
    },
    options,
  );
}

/** Package lists, documents and translations: half of the size, and nobody reads them there. */
function slim(root: string): void {
  for (const path of [
    "var/cache/apt",
    "var/lib/apt/lists",
    "usr/share/doc",
    "usr/share/locale",
    "usr/share/man",
    "usr/share/info",
    "var/log",
  ]) {
    rmSync(join(root, path), { recursive: true, force: true });
    mkdirSync(join(root, path), { recursive: true });
  }
}

function addNode(root: string): void {
  const node = join(root, "usr/local/bin/node");
  mkdirSync(dirname(node), { recursive: true });
  cpSync(process.execPath, node);
  execFileSync("strip", ["--strip-unneeded", node], { stdio: "ignore" });
  // Where the distroless image has it.
  mkdirSync(join(root, "nodejs/bin"), { recursive: true });
  symlinkSync("/usr/local/bin/node", join(root, "nodejs/bin/node"));
}
