import { readFileSync } from "node:fs";
import { mkdir, statfs } from "node:fs/promises";
import { availableParallelism, hostname, loadavg } from "node:os";
import type { AgentUsage } from "../../api/agent-link/calls.ts";
import type { UsageReader } from "../../services/agent/ports.ts";

export interface MachineReading {
  readonly cpus: number;
  readonly memTotalMiB: number;
  readonly diskTotalMiB: number;
  readonly bootId: string;
  readonly hostname: string;
}

/** What this machine has; `workDir` names the file system that counts for disk. */
export async function readMachine(workDir: string): Promise<MachineReading> {
  await mkdir(workDir, { recursive: true });
  const disk = await statfs(workDir);
  return {
    cpus: availableParallelism(),
    memTotalMiB: Math.floor(memory().totalKb / 1024),
    diskTotalMiB: Math.floor((disk.blocks * disk.bsize) / (1024 * 1024)),
    bootId: read("/proc/sys/kernel/random/boot_id").trim(),
    hostname: hostname(),
  };
}

/** Load from /proc; cpu_usage is that of the time since the last reading. */
export class ProcfsUsage implements UsageReader {
  #lastBusy = 0;
  #lastTotal = 0;

  read(): Promise<AgentUsage | undefined> {
    const { totalKb, availableKb } = memory();
    const [load1 = 0, load5 = 0, load15 = 0] = loadavg();
    return Promise.resolve({
      cpu_usage: this.#cpuUsage(),
      memory_usage: totalKb === 0 ? 0 : percent(totalKb - availableKb, totalKb),
      total_memory: totalKb,
      available_memory: availableKb,
      running_processes: Number(/^procs_running (\d+)$/m.exec(read("/proc/stat"))?.[1] ?? 0),
      load_1: load1,
      load_5: load5,
      load_15: load15,
    });
  }

  #cpuUsage(): number {
    const fields = (/^cpu +(.*)$/m.exec(read("/proc/stat"))?.[1] ?? "").split(" ").map(Number);
    const total = fields.slice(0, 8).reduce((sum, ticks) => sum + ticks, 0);
    const busy = total - (fields[3] ?? 0) - (fields[4] ?? 0);
    const usage =
      total === this.#lastTotal ? 0 : percent(busy - this.#lastBusy, total - this.#lastTotal);
    this.#lastBusy = busy;
    this.#lastTotal = total;
    return usage;
  }
}

function memory(): { readonly totalKb: number; readonly availableKb: number } {
  const text = read("/proc/meminfo");
  const field = (name: string): number =>
    Number(new RegExp(`^${name}: +(\\d+) kB$`, "m").exec(text)?.[1] ?? 0);
  return { totalKb: field("MemTotal"), availableKb: field("MemAvailable") };
}

function percent(part: number, whole: number): number {
  return Math.min(100, Math.max(0, Math.round((1000 * part) / whole) / 10));
}

function read(path: string): string {
  return readFileSync(path, "utf8");
}
