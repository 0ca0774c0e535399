import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, loadavg, release, totalmem } from "node:os";

/** Where and on what a bench runs. */
export interface Environment {
  readonly commit: string;
  readonly dirty: boolean;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memMiB: number;
    readonly kernel: string;
    readonly node: string;
  };
  /** One-minute load before the start. */
  readonly load1: number;
}

export function readEnvironment(): Environment {
  return {
    commit: git("rev-parse", "HEAD"),
    dirty: git("status", "--porcelain") !== "",
    machine: {
      cpu: cpus()[0]?.model ?? "unknown",
      cores: cpus().length,
      memMiB: Math.round(totalmem() / 2 ** 20),
      kernel: release(),
      node: process.version,
    },
    load1: loadavg()[0] ?? NaN,
  };
}

/** Counts jiffies since boot; two of them tell which part of the time was stolen. */
export function readStealClock(): { readonly steal: number; readonly all: number } {
  const fields = readFileSync("/proc/stat", "utf8").split("\n")[0]?.split(/\s+/).slice(1) ?? [];
  const ticks = fields.map(Number);
  return { steal: ticks[7] ?? 0, all: ticks.reduce((sum, tick) => sum + tick, 0) };
}

function git(...args: string[]): string {
  try {
    return execFileSync("git", args, {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "unknown";
  }
}
