import { stateRoot } from "../host/orchestrator-folders.ts";
import { listStates } from "../state-file.ts";
import { stopClusterByName } from "../stop-cluster.ts";

export async function commandDown(name: string, isAll: boolean): Promise<void> {
  const states = listStates(stateRoot());
  const names = isAll ? states.map((state) => state.name) : [name];
  if (names.length === 0) console.log("no cluster is running");
  for (const each of names) {
    const startedMs = performance.now();
    const outcome = await stopClusterByName(each);
    const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
    console.log(`cluster "${each}": ${outcome}${outcome === "stopped" ? ` (${seconds} s)` : ""}`);
  }
}
