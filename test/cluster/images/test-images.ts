import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ClusterError } from "../host/cluster-error.ts";
import { pauseImage } from "../nodes/node-configs.ts";
import { ensureImage, hashOf, type BuiltImage, type ImageOptions } from "./image-store.ts";

/** A shell and the usual small programs, 2 MB; it cannot look names up (static glibc). */
export const busyboxImage = "localhost/busybox:1";

/** The sandbox of every pod: sleeps. */
export function ensurePauseImage(options?: ImageOptions): Promise<BuiltImage> {
  return ensureBusyboxBased(
    pauseImage,
    [`ENTRYPOINT ["/bin/busybox","tail","-f","/dev/null"]`],
    options,
  );
}

export function ensureBusyboxImage(options?: ImageOptions): Promise<BuiltImage> {
  const steps = [
    `RUN ["/bin/busybox","--install","-s","/bin"]`,
    `ENV PATH=/bin`,
    `CMD ["/bin/sh"]`,
  ];
  return ensureBusyboxBased(busyboxImage, steps, options);
}

function ensureBusyboxBased(
  name: string,
  steps: readonly string[],
  options: ImageOptions | undefined,
): Promise<BuiltImage> {
  const binary = findStaticBusybox();
  const dockerfile = ["FROM scratch", "COPY busybox /bin/busybox", ...steps].join("\n");
  return ensureImage(
    {
      name,
      contentHash: hashOf(dockerfile, readFileSync(binary).toString("base64")),
      async build(store, internalName) {
        const folder = mkdtempSync(join(tmpdir(), "orchestrator-image-"));
        try {
          copyFileSync(binary, join(folder, "busybox"));
          writeFileSync(join(folder, "Dockerfile"), dockerfile);
          await store.buildah([
            "build",
            "--pull-never",
            "--quiet",
            `--tag=${internalName}`,
            folder,
          ]);
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      },
    },
    options,
  );
}

function findStaticBusybox(): string {
  const found = ["/bin/busybox", "/usr/bin/busybox"].find((path) => existsSync(path));
  if (found === undefined) {
    throw new ClusterError("no busybox", "Debian: apt-get install busybox-static");
  }
  return found;
}
