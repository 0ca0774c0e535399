import { readFileSync } from "node:fs";
import { join } from "node:path";
import { judgeLife, type ClusterLife } from "../claim-state.ts";
import { stateRoot } from "../host/orchestrator-folders.ts";
import { isRunning } from "../host/process-identity.ts";
import { listStates, type ClusterState, type ProcessRecord } from "../state-file.ts";
import { detectTier } from "../tier.ts";

/** Prints every cluster of this user, and what the machine could run. */
export async function commandStatus(): Promise<void> {
  const states = listStates(stateRoot());
  if (states.length === 0) console.log("no cluster is running");
  for (const state of states) printCluster(state);
  const { tier, reasons } = await detectTier();
  console.log(`this machine can run: ${tier ?? "nothing"} (${reasons.join("; ")})`);
}

function printCluster(state: ClusterState): void {
  console.log(`cluster "${state.name}": ${describeLife(judgeLife(state))}, tier ${state.tier}`);
  console.log(`  since       ${state.startedAt}`);
  console.log(`  API server  ${state.apiServerUrl ?? "not yet"}`);
  console.log(`  kubeconfig  ${join(state.stateDir, "admin.kubeconfig")}`);
  console.log(`  logs        ${join(state.stateDir, "logs")}`);
  let totalMiB = 0;
  for (const record of state.processes) {
    const memMiB = residentMiB(record);
    totalMiB += memMiB;
    const life = record.identity && isRunning(record.identity) ? `${memMiB} MiB` : "not running";
    console.log(`  ${record.name.padEnd(26)} ${life.padStart(12)}`);
  }
  console.log(`  ${"together".padEnd(26)} ${`${totalMiB} MiB`.padStart(12)}`);
}

function describeLife(life: ClusterLife): string {
  switch (life.kind) {
    case "owned":
      return `run by process ${life.pid}`;
    case "detached":
      return "running, detached";
    case "left-over":
      return "left over by a crash; the next up or down removes it";
  }
}

/** Of the process and its direct children: most nodes' processes sit behind one `nsenter`. */
function residentMiB(record: ProcessRecord): number {
  const pid = record.identity?.pid;
  if (pid === undefined) return 0;
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim();
    const pids = [pid, ...children.split(" ").filter(Boolean).map(Number)];
    return pids.map(residentOf).reduce((sum, value) => sum + value, 0);
  } catch {
    return 0;
  }
}

function residentOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
}
