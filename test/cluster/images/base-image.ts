import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runCommand, tryCommand } from "../host/run-command.ts";
import {
  ensureImage,
  hashOf,
  type BuiltImage,
  type ImageOptions,
  type ImageStore,
} from "./image-store.ts";

/** Stands in for the public Node image where no registry is: Debian with Node, npm and a shell. */
export const nodeBaseImage = "localhost/node-base:1";

const suite = "bookworm";
/** What the target `node` of the product's Dockerfile would install itself. */
const include = "conntrack";
const exclude = "e2fsprogs,tzdata";

/**
 * The base image of the product here: `debootstrap --variant=minbase`, plus the very Node that runs
 * this, at the places where the two public bases have it.
 */
export function ensureNodeBaseImage(options?: ImageOptions): Promise<BuiltImage> {
  return ensureImage(
    {
      name: nodeBaseImage,
      contentHash: hashOf(suite, include, exclude, process.version, process.arch, "layout 4"),
      isBase: true,
      async build(store, internalName) {
        const folder = mkdtempSync(join(tmpdir(), "orchestrator-base-"));
        try {
          store.progress.note(`building ${nodeBaseImage} (once; about a minute)`);
          const root = join(folder, "root");
          const packages = [`--include=${include}`, `--exclude=${exclude}`];
          await runCommand("debootstrap", ["--variant=minbase", ...packages, suite, root]);
          slim(root);
          await addNode(root);
          await commitFolder(store, root, internalName, addAuthorities(root));
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      },
    },
    options,
  );
}

/** Makes a folder the one layer of an image. */
export async function commitFolder(
  store: ImageStore,
  root: string,
  internalName: string,
  env: readonly string[] = [],
): Promise<void> {
  const archive = `${root}.tar`;
  await runCommand("tar", ["-C", root, "-cf", archive, "."]);
  const container = (await store.buildah(["from", "--quiet", "scratch"])).trim();
  await store.buildah(["add", "--quiet", container, archive, "/"]);
  const path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  const flags = [path, ...env].map((variable) => `--env=${variable}`);
  await store.buildah(["config", ...flags, container]);
  await store.buildah(["commit", "--quiet", "--rm", container, internalName]);
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

async function addNode(root: string): Promise<void> {
  const node = join(root, "usr/local/bin/node");
  mkdirSync(dirname(node), { recursive: true });
  cpSync(process.execPath, node);
  await runCommand("strip", ["--strip-unneeded", node]);
  // Where the distroless image has it.
  mkdirSync(join(root, "nodejs/bin"), { recursive: true });
  symlinkSync("/usr/local/bin/node", join(root, "nodejs/bin/node"));
  await addNpm(root);
}

/** Networks that look into TLS have an authority of their own: builds trust what this machine does. */
function addAuthorities(root: string): string[] {
  const bundle = "/etc/ssl/certs/ca-certificates.crt";
  if (!existsSync(bundle)) return [];
  mkdirSync(dirname(join(root, bundle)), { recursive: true });
  cpSync(realpathSync(bundle), join(root, bundle));
  return [`NODE_EXTRA_CA_CERTS=${bundle}`];
}

/** This machine's npm, for builds from source; without one, only builds from context work. */
async function addNpm(root: string): Promise<void> {
  const found = await tryCommand("sh", ["-c", "command -v npm"]);
  if (found.exitCode !== 0) return;
  const folder = join(dirname(realpathSync(found.stdout.trim())), "..");
  if (!existsSync(join(folder, "package.json"))) return;
  const to = join(root, "usr/local/lib/node_modules/npm");
  cpSync(folder, to, { recursive: true });
  for (const name of ["npm", "npx"]) {
    const cli = `../lib/node_modules/npm/bin/${name}-cli.js`;
    symlinkSync(cli, join(root, "usr/local/bin", name));
  }
}
