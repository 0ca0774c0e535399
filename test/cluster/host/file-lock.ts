import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { identifyProcess, isRunning, type ProcessIdentity } from "./process-identity.ts";
import { until } from "./until.ts";

export interface LockOptions {
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Called once when somebody else holds the lock. */
  readonly onWait?: (pid: number) => void;
}

/**
 * Runs `work` while no other process on this machine holds the lock file `path`.
 * A lock whose holder died is taken over.
 */
export async function withFileLock<T>(
  path: string,
  options: LockOptions,
  work: () => Promise<T>,
): Promise<T> {
  mkdirSync(dirname(path), { recursive: true });
  let told = false;
  await until(
    `lock ${path}`,
    () => {
      const holder = tryLock(path);
      if (holder === undefined) return true;
      if (!told) options.onWait?.(holder.pid);
      told = true;
      return false;
    },
    { timeoutMs: options.timeoutMs, intervalMs: 200, signal: options.signal },
  );
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

/** Takes the lock, or tells who holds it. */
function tryLock(path: string): ProcessIdentity | undefined {
  const self = identifyProcess(process.pid);
  const draft = `${path}.${process.pid}.${lockCounter++}`;
  writeFileSync(draft, JSON.stringify(self));
  try {
    // A link appears at once with its whole content: nobody ever reads half a holder.
    linkSync(draft, path);
    return undefined;
  } catch {
    const holder = readHolder(path);
    if (holder && isRunning(holder)) return holder;
    rmSync(path, { force: true });
    return holder ?? { pid: 0, startedAt: "" };
  } finally {
    rmSync(draft, { force: true });
  }
}

let lockCounter = 0;

function readHolder(path: string): ProcessIdentity | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
