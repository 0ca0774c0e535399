import type { DeploymentAction, DeploymentInfo } from "../../../api/marathon/answers.ts";
import type { KnownApp } from "./app-view.ts";

function actionOf({ app, deployment }: KnownApp): DeploymentAction {
  const restarts = deployment?.kind === "restart";
  return { action: restarts ? "RestartApplication" : "ScaleApplication", app: app.id };
}

function deploymentInfo(id: string, apps: readonly KnownApp[]): DeploymentInfo {
  const starts = apps
    .filter(({ deployment }) => deployment?.kind === "start")
    .map(({ app }): DeploymentAction => ({ action: "StartApplication", app: app.id }));
  const actions = apps.map(actionOf);
  const steps = [...(starts.length > 0 ? [{ actions: starts }] : []), { actions }];
  return {
    id,
    version: apps[0]!.deployment!.version,
    affectedApps: apps.map(({ app }) => app.id),
    affectedPods: [],
    steps,
    currentActions: actions.map((action) => ({ ...action, readinessCheckResults: [] })),
    currentStep: steps.length,
    totalSteps: steps.length,
  };
}

/** The running deployments: apps that change under one id are one deployment. Creation without instances is done at once. */
export function runningDeployments(apps: Iterable<KnownApp>): DeploymentInfo[] {
  const byId = new Map<string, KnownApp[]>();
  for (const known of apps) {
    if (!known.deployment) continue;
    const together = byId.get(known.deployment.id) ?? [];
    together.push(known);
    byId.set(known.deployment.id, together);
  }
  return [...byId].map(([id, together]) => deploymentInfo(id, together));
}

export const LOCKED =
  "App is locked by one or more deployments. Override with the option '?force=true'. View details at '/v2/deployments/<DEPLOYMENT_ID>'.";
