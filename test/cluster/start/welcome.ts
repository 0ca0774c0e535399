import type { Endpoints } from "./endpoints.ts";

/** What a person sees when everything is up: where things are, and what to try next. */
export function welcome(endpoints: Endpoints, seconds: number): string {
  const kubectl = endpoints.cluster === undefined ? "kubectl" : "npm run -s cluster -- kubectl";
  return `
Everything is up after ${Math.round(seconds)} s (tier ${endpoints.tier}).

  Mesos master   ${endpoints.mesos}
  Marathon       ${endpoints.marathon}
  kubeconfig     ${endpoints.kubeconfig}

Try next:
  ${kubectl} -n orchestrator get mc,ma -o wide
  ${kubectl} -n orchestrator argo rollouts get rollout web
  ${kubectl} -n orchestrator scale ma/web --replicas=3
  curl -s ${endpoints.mesos}/master/state-summary
  curl -s ${endpoints.marathon}/v2/apps
`;
}
