import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { runCommand } from "../host/run-command.ts";
import { commitFolder } from "./base-image.ts";
import { ensureImage, hashOf, type BuiltImage, type ImageOptions } from "./image-store.ts";

/** Stands in for the distroless Node image: Node, the libraries it needs, no shell, no packages. */
export const runtimeBaseImage = "localhost/runtime-base:1";

const users = `root:x:0:0:root:/root:/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin
nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin
`;
const groups = "root:x:0:\nnobody:x:65534:\nnonroot:x:65532:\n";
const authorities = "/etc/ssl/certs/ca-certificates.crt";

export function ensureRuntimeBaseImage(options?: ImageOptions): Promise<BuiltImage> {
  return ensureImage(
    {
      name: runtimeBaseImage,
      contentHash: hashOf(process.version, process.arch, users, groups, "layout 1"),
      isBase: true,
      async build(store, internalName) {
        const folder = mkdtempSync(join(tmpdir(), "orchestrator-base-"));
        try {
          const root = join(folder, "root");
          await fill(root);
          await commitFolder(store, root, internalName);
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      },
    },
    options,
  );
}

async function fill(root: string): Promise<void> {
  const copy = (from: string, to = from): void => {
    mkdirSync(dirname(join(root, to)), { recursive: true });
    cpSync(realpathSync(from), join(root, to));
  };
  const write = (path: string, content: string): void => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  };
  copy(process.execPath, "/nodejs/bin/node");
  await runCommand("strip", ["--strip-unneeded", join(root, "nodejs/bin/node")]);
  for (const library of await librariesOf(process.execPath)) copy(library);
  write("/etc/passwd", users);
  write("/etc/group", groups);
  write("/etc/nsswitch.conf", "hosts: files dns\n");
  if (existsSync(authorities)) copy(authorities);
  mkdirSync(join(root, "home/nonroot"), { recursive: true });
  mkdirSync(join(root, "tmp"));
  chmodSync(join(root, "tmp"), 0o1777);
}

/** Files that the dynamic linker would load, itself included. */
async function librariesOf(binary: string): Promise<string[]> {
  const stdout = await runCommand("ldd", [binary]);
  return [...stdout.matchAll(/(\/\S+) \(0x/g)].map((match) => match[1] ?? "");
}
