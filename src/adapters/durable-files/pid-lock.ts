import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { OperatingError } from "../../api/errors/operating-error.ts";
import type { FolderLock } from "../../services/agent/file-ports.ts";

/** Who holds the folder: a pid alone is not enough, it may be given to another process. */
interface Holder {
  readonly pid: number;
  readonly startTicks: string;
  readonly bootId: string;
}

/** A lock file that names its holder beyond doubt; one left by a crash is taken over. */
export class PidLock implements FolderLock {
  #path: string | undefined;

  acquire(folder: string): Promise<void> {
    return new Promise((resolve) => {
      this.#take(folder);
      resolve();
    });
  }

  release(): Promise<void> {
    if (this.#path !== undefined) rmSync(this.#path, { force: true });
    this.#path = undefined;
    return Promise.resolve();
  }

  #take(folder: string): void {
    mkdirSync(folder, { recursive: true });
    const path = `${folder}/agent.lock`;
    const own: Holder = { pid: process.pid, ...lifeOf(process.pid) };
    for (;;) {
      try {
        writeFileSync(path, JSON.stringify(own), { flag: "wx" });
        this.#path = path;
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      }
      const holder = readHolder(path);
      if (holder !== undefined && isAlive(holder)) {
        throw new OperatingError(
          "AGENT_WORK_DIR_LOCKED",
          `process ${holder.pid} runs on ${folder} already`,
          { details: { pid: holder.pid, path } },
        );
      }
      rmSync(path, { force: true });
    }
  }
}

function readHolder(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as Holder;
  } catch {
    // Gone meanwhile, or torn by a crash: nobody holds it.
    return undefined;
  }
}

function isAlive(holder: Holder): boolean {
  const life = lifeOf(holder.pid);
  return (
    life.startTicks !== "" && life.startTicks === holder.startTicks && life.bootId === holder.bootId
  );
}

function lifeOf(pid: number): Omit<Holder, "pid"> {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const startTicks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
    const bootId = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return { startTicks, bootId };
  } catch {
    return { startTicks: "", bootId: "" };
  }
}
