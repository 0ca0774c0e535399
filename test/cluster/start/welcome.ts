import type { Endpoints } from "./endpoints.ts";
import { NAME_DEFAULT } from "./run-record.ts";

/** What a person sees when everything is up: where things are, and what to try next. */
export function welcome(endpoints: Endpoints, seconds: number): string {
  const kubectl = kubectlOf(endpoints);
  return `
Everything is up after ${Math.round(seconds)} s (tier ${endpoints.tier}).

  Mesos master   ${endpoints.mesos}
  Marathon       ${endpoints.marathon}
  kubeconfig     ${endpoints.kubeconfig}
${endpoints.tier === "control-plane" ? WITHOUT_KUBELET : ""}
Try next:
${suggestions(endpoints, kubectl)
  .map((line) => `  ${line}\n`)
  .join("")}
${stopCommand(endpoints.cluster)} ends it.
`;
}

const WITHOUT_KUBELET = `
This tier has no kubelet, so no pod runs: operator, master, agent and Marathon are processes of this
machine (logs below .orchestrator), and frameworks' tasks are processes of the agent. Apps become Rollouts
whose pods wait (SchedulingGated, WaitingForResources). For running apps: npm start as root on
Debian (tier nodes), or --kubeconfig FILE.
`;

function suggestions(endpoints: Endpoints, kubectl: string): string[] {
  const { mesos, marathon, tier, cluster, kubeconfig } = endpoints;
  const common = [
    `${kubectl} -n orchestrator get mc,ma -o wide`,
    `curl -s ${mesos}/master/state-summary`,
    `curl -s ${marathon}/v2/apps`,
  ];
  if (tier === "control-plane") {
    const cli = "node_modules/.bin/node src/processes/cli/main.ts";
    const user = "--user=$(id -un)";
    return [`${cli} framework --master=${mesos} --role=batch ${user} --tasks=20`, ...common];
  }
  // kubectl takes no flag before the name of a plugin.
  const plugin = cluster === undefined ? `KUBECONFIG=${kubeconfig} kubectl` : kubectl;
  return [
    ...common,
    `${plugin} argo rollouts -n orchestrator get rollout web`,
    `${kubectl} -n orchestrator scale ma/web --replicas=3`,
  ];
}

/** What ends it again. */
export function stopCommand(name = NAME_DEFAULT): string {
  return name === NAME_DEFAULT ? "npm stop" : `npm stop -- --name ${name}`;
}

function kubectlOf({ cluster, kubeconfig }: Endpoints): string {
  if (cluster === undefined) return `kubectl --kubeconfig=${kubeconfig}`;
  const name = cluster === NAME_DEFAULT ? "" : ` --name ${cluster}`;
  return `npm run -s cluster -- kubectl${name}`;
}
