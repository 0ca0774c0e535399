import { type ChildProcess, spawn } from "node:child_process";
import {
  chownSync,
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname } from "node:path";
import { OperatingError } from "../../api/errors/operating-error.ts";
import { type Clock, sleep } from "../../runtime/ports/clock.ts";
import type {
  ProcessHost,
  ProcessMark,
  ProcessState,
  SpawnOrder,
} from "../../services/agent/process-ports.ts";
import { isMarkAlive, pidsInCgroups, pidsOfSession } from "./live-processes.ts";
import { findUser } from "./users.ts";
import { wrapperScript } from "./wrapper-script.ts";

const MARK_WAIT_MS = 5_000;
const MARK_POLL_MS = 5;
/** Adopted processes are no children of ours: their end is only seen by looking; so is the kernel's OOM killer. */
const POLL_MS = 500;
/** A group that is not empty by then is left behind. */
const CGROUP_EMPTY_MS = 60_000;
const CGROUP_POLL_MS = 20;

/** Processes under a `sh` wrapper each, in a session of their own. Files in the meta folder are the truth about them. */
export class LinuxProcessHost implements ProcessHost {
  readonly #clock: Clock;
  /** Meta folders of live processes. */
  readonly #followed = new Set<string>();
  #polling = false;
  #changed: (metaFolder: string) => void = () => undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  onChange(changed: (metaFolder: string) => void): void {
    this.#changed = changed;
  }

  async spawn(order: SpawnOrder): Promise<void> {
    const { metaFolder, sandbox, plan, volumes } = order;
    mkdirSync(metaFolder, { recursive: true });
    mkdirSync(sandbox, { recursive: true, mode: 0o755 });
    const user = plan.user === undefined ? undefined : findUser(plan.user);
    if (user === "unknown") throw failed(`user ${plan.user ?? ""} is unknown on this machine`);
    const isOwn = user === undefined || user.uid === process.getuid?.();
    if (!isOwn) chownSync(sandbox, user.uid, user.gid);
    for (const { path, folder } of volumes) {
      if (!existsSync(folder)) throw failed(`the volume ${folder} is not there`);
      if (!isOwn) chownSync(folder, user.uid, user.gid);
      const link = `${sandbox}/${path}`;
      mkdirSync(dirname(link), { recursive: true });
      // A launch that is tried again finds the link of the first try.
      if (!existsSync(link)) symlinkSync(folder, link);
    }
    makeCgroups(order);
    const child = this.#start(order, isOwn ? {} : { switchTo: String(user.uid) });
    const died = new Promise<never>((_resolve, reject) => {
      child.once("error", (error) =>
        reject(failed(`the wrapper cannot be started: ${error.message}`)),
      );
      child.once("exit", (code) => reject(failed(`the wrapper ended with ${code ?? "a signal"}`)));
    });
    await Promise.race([this.#whenMarked(metaFolder), died]);
    died.catch(() => undefined);
    syncFile(`${metaFolder}/forked.pid`);
    child.stdin?.end("go\n");
    this.follow(metaFolder);
  }

  look(metaFolder: string): ProcessState {
    const mark = readMark(metaFolder);
    if (mark === undefined) return { kind: "absent" };
    const exit = readText(`${metaFolder}/exit`);
    if (exit !== undefined) {
      const code = Number(exit);
      const hitMemoryLimit = code !== 0 && wasOomKilled(mark.cgroupFolders);
      return { kind: "exited", code, hitMemoryLimit };
    }
    if (isMarkAlive(mark)) return { kind: "running", pid: mark.pid };
    return { kind: "vanished" };
  }

  signal(metaFolder: string, signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const mark = readMark(metaFolder);
    if (mark !== undefined) {
      const inGroup = pidsInCgroups(mark.cgroupFolders);
      const members = new Set([...inGroup, ...(isMarkAlive(mark) ? pidsOfSession(mark.pid) : [])]);
      const others = [...members].filter((pid) => pid !== mark.pid);
      // The wrapper is spared as long as others live: it writes how they ended.
      const targets = signal === "SIGKILL" && others.length > 0 ? others : [...members];
      for (const pid of targets) kill(pid, signal);
    }
    return Promise.resolve();
  }

  async cleanUp(metaFolder: string): Promise<void> {
    const folders = readMark(metaFolder)?.cgroupFolders ?? [];
    this.#followed.delete(metaFolder);
    const giveUpAtMs = this.#clock.monotonicMs() + CGROUP_EMPTY_MS;
    // A killed process leaves its group a moment later; until then the kernel does not remove it.
    while (!folders.map(removeCgroup).every(Boolean) && this.#clock.monotonicMs() < giveUpAtMs) {
      for (const pid of pidsInCgroups(folders)) kill(pid, "SIGKILL");
      await sleep(this.#clock, CGROUP_POLL_MS);
    }
  }

  follow(metaFolder: string): void {
    this.#followed.add(metaFolder);
    this.#poll();
  }

  #start(order: SpawnOrder, identity: { readonly switchTo?: string }): ChildProcess {
    const { metaFolder, sandbox, plan } = order;
    const out = openSync(`${sandbox}/stdout`, "a", 0o644);
    const err = openSync(`${sandbox}/stderr`, "a", 0o644);
    try {
      const child = spawn("/bin/sh", ["-c", wrapperScript(order, identity)], {
        cwd: sandbox,
        env: Object.fromEntries(plan.environment),
        detached: true,
        stdio: ["pipe", out, err],
      });
      child.unref();
      child.stdin?.on("error", () => undefined);
      child.once("exit", () => {
        this.#followed.delete(metaFolder);
        this.#changed(metaFolder);
      });
      return child;
    } finally {
      closeSync(out);
      closeSync(err);
    }
  }

  async #whenMarked(metaFolder: string): Promise<void> {
    const deadlineMs = this.#clock.monotonicMs() + MARK_WAIT_MS;
    while (!existsSync(`${metaFolder}/forked.pid`)) {
      if (this.#clock.monotonicMs() > deadlineMs) throw failed("the wrapper did not come up");
      await sleep(this.#clock, MARK_POLL_MS);
    }
  }

  #poll(): void {
    if (this.#polling) return;
    this.#polling = true;
    this.#clock.after(POLL_MS, () => {
      this.#polling = false;
      for (const metaFolder of this.#followed) this.#check(metaFolder);
      if (this.#followed.size > 0) this.#poll();
    });
  }

  #check(metaFolder: string): void {
    if (this.look(metaFolder).kind !== "running") {
      this.#followed.delete(metaFolder);
      this.#changed(metaFolder);
    } else if (wasOomKilled(readMark(metaFolder)?.cgroupFolders ?? [])) {
      // The kernel ended one process of the task; what is left of it is of no use.
      void this.signal(metaFolder, "SIGKILL");
    }
  }
}

/** True when the group is gone. */
function removeCgroup(folder: string): boolean {
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return !existsSync(folder);
  }
}

function makeCgroups({ cgroup }: SpawnOrder): void {
  for (const folder of cgroup.folders) mkdirSync(folder, { recursive: true });
  for (const { file, value, optional } of cgroup.writes) {
    try {
      writeFileSync(file, value);
    } catch (error) {
      if (!optional) throw failed(`${file} does not take ${value}: ${String(error)}`);
    }
  }
}

function wasOomKilled(folders: readonly string[]): boolean {
  return folders.some((folder) => {
    const text =
      readText(`${folder}/memory.oom_control`) ?? readText(`${folder}/memory.events`) ?? "";
    return Number(/^oom_kill (\d+)$/m.exec(text)?.[1] ?? 0) > 0;
  });
}

function readMark(metaFolder: string): ProcessMark | undefined {
  const text = readText(`${metaFolder}/forked.pid`);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as ProcessMark;
  } catch {
    // Renamed into place whole by the wrapper; anything else was not written by us.
    return undefined;
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

function syncFile(path: string): void {
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Gone meanwhile.
  }
}

function failed(message: string): OperatingError {
  return new OperatingError("LAUNCH_FAILED", message);
}
