import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ClusterError } from "../../cluster/host/cluster-error.ts";
import { hasProgram, installPackages } from "../../cluster/host/debian-packages.ts";
import { withFileLock } from "../../cluster/host/file-lock.ts";
import { cacheFolder } from "../../cluster/host/orchestrator-folders.ts";
import { silentProgress } from "../../cluster/host/progress.ts";
import { runCommand } from "../../cluster/host/run-command.ts";

/** What a server of Debian's ZooKeeper needs to run, without the many packages that it depends on. */
const PACKAGES = [
  "libzookeeper-java",
  "libdropwizard-metrics-java",
  "libnetty-java",
  "libslf4j-java",
  "libsnappy-java",
];
const JARS = [
  "zookeeper.jar",
  "zookeeper-jute.jar",
  "metrics-core.jar",
  "netty-buffer.jar",
  "netty-codec.jar",
  "netty-common.jar",
  "netty-handler.jar",
  "netty-resolver.jar",
  "netty-transport.jar",
  "slf4j-api.jar",
  "slf4j-simple.jar",
  "snappy-java.jar",
];
const INSTALLED = "/usr/share/java";
const LOCK_MAX_MS = 300_000;

const hasAll = (folder: string): boolean => JARS.every((jar) => existsSync(join(folder, jar)));
const classPathOf = (folder: string): string => JARS.map((jar) => join(folder, jar)).join(":");

/**
 * Class path of ZooKeeper from Debian's packages: as installed, else downloaded once into the cache.
 * @throws {ClusterError} where there is neither Java nor a way to get the packages.
 */
export async function zooKeeperClassPath(): Promise<string> {
  if (!hasProgram("java")) await installPackages(["default-jre-headless"], silentProgress);
  if (hasAll(INSTALLED)) return classPathOf(INSTALLED);
  const cache = join(cacheFolder(), "zookeeper");
  const root = join(cache, "root");
  const jars = join(root, INSTALLED);
  if (hasAll(jars)) return classPathOf(jars);
  mkdirSync(cache, { recursive: true });
  await withFileLock(join(cache, "lock"), { timeoutMs: LOCK_MAX_MS }, async () => {
    if (!hasAll(jars)) await download(cache, root);
  });
  if (!hasAll(jars))
    throw new ClusterError(`the packages lack jars that are looked for in ${jars}`);
  return classPathOf(jars);
}

async function download(cache: string, root: string): Promise<void> {
  if (!hasProgram("apt-get") || !hasProgram("dpkg-deb")) {
    throw new ClusterError(
      "there is no ZooKeeper on this machine, and no apt to get it",
      `install ${PACKAGES.join(" ")}`,
    );
  }
  const drafts = join(cache, `draft-${process.pid}`);
  const debs = join(drafts, "debs");
  mkdirSync(debs, { recursive: true });
  try {
    const get = ["download", "-qq", ...PACKAGES];
    await runCommand("apt-get", get, { cwd: debs }).catch(async () => {
      await runCommand("apt-get", ["update", "-qq"]);
      await runCommand("apt-get", get, { cwd: debs });
    });
    for (const deb of readdirSync(debs)) {
      await runCommand("dpkg-deb", ["-x", join(debs, deb), join(drafts, "root")]);
    }
    rmSync(root, { recursive: true, force: true });
    renameSync(join(drafts, "root"), root);
  } finally {
    rmSync(drafts, { recursive: true, force: true });
  }
}
