import { stopClusterByName } from "../stop-cluster.ts";
import { forgetEndpoints, readEndpoints } from "./endpoints.ts";

/** Ends what `npm start` left running; gives a line that says what was done. Safe to call twice. */
export async function stopProduct(root: string): Promise<string> {
  const endpoints = readEndpoints(root);
  if (endpoints === undefined) return "nothing of npm start is running";
  for (const pid of endpoints.pids) endProcess(pid);
  forgetEndpoints(root);
  if (endpoints.cluster === undefined) {
    return "left the existing cluster as it is; kubectl delete -k config/samples and config/default removes the product";
  }
  const outcome = await stopClusterByName(endpoints.cluster);
  return `cluster "${endpoints.cluster}": ${outcome}`;
}

function endProcess(pid: number): void {
  try {
    process.kill(pid, "SIGTERM");
  } catch {
    // Gone already: that is what was wanted.
  }
}
