import type { DeploymentAction } from "../../../api/marathon/answers.ts";
import { isSameJson } from "../app/canonical-json.ts";
import { isWithin } from "../app/app-path.ts";

/** What a plan must know of an app; any further member counts as configuration. */
export interface PlannedApp {
  readonly id: string;
  readonly instances: number;
  readonly dependencies?: readonly string[];
}

/** Ids an app waits for; a dependency on a group means every app below it. Unknown ids wait for nothing. */
export function dependenciesOf(app: PlannedApp, ids: readonly string[]): string[] {
  return ids.filter(
    (id) => id !== app.id && (app.dependencies ?? []).some((path) => isWithin(id, path)),
  );
}

/** Longest dependency path below each app; the first layer is 0. A cycle counts no further than it is seen. */
function layersOf(apps: readonly PlannedApp[]): ReadonlyMap<string, number> {
  const byId = new Map(apps.map((app) => [app.id, app]));
  const ids = [...byId.keys()];
  const layers = new Map<string, number>();
  const depth = (id: string, seen: ReadonlySet<string>): number => {
    const known = layers.get(id);
    if (known !== undefined) return known;
    const path = new Set([...seen, id]);
    const below = dependenciesOf(byId.get(id)!, ids).filter((other) => !path.has(other));
    const layer = below.reduce((max, other) => Math.max(max, depth(other, path) + 1), 0);
    layers.set(id, layer);
    return layer;
  };
  for (const id of ids) depth(id, new Set());
  return layers;
}

function actionFor(
  before: PlannedApp | undefined,
  after: PlannedApp,
  restarts: ReadonlySet<string>,
): DeploymentAction | undefined {
  const app = after.id;
  if (!before) return { action: "ScaleApplication", app };
  const isRestart = restarts.has(app);
  if (isSameJson(before, after) && !isRestart) return undefined;
  const onlyScaled = isSameJson({ ...before, instances: 0 }, { ...after, instances: 0 });
  const scales = after.instances === 0 || (onlyScaled && !isRestart);
  return { action: scales ? "ScaleApplication" : "RestartApplication", app };
}

/**
 * The steps from `original` to `target`: stop what is gone, create what is new with no instances, then layer by layer from
 * the bottom of the dependencies. Empty steps are left out.
 * @param restarts apps that restart although nothing in them changed
 * @see marathon@1.10 core/deployment/DeploymentPlan.scala
 */
export function planSteps(
  original: readonly PlannedApp[],
  target: readonly PlannedApp[],
  restarts: ReadonlySet<string> = new Set(),
): DeploymentAction[][] {
  const before = new Map(original.map((app) => [app.id, app]));
  const wanted = new Set(target.map(({ id }) => id));
  const stops = original
    .filter(({ id }) => !wanted.has(id))
    .map(({ id }) => ({ action: "StopApplication", app: id }) as const);
  const starts = target
    .filter(({ id }) => !before.has(id))
    .map(({ id }) => ({ action: "StartApplication", app: id }) as const);
  const layers = layersOf(target);
  const layerCount = Math.max(0, ...[...layers.values()].map((layer) => layer + 1));
  const byLayer = Array.from({ length: layerCount }, (_, layer) =>
    target
      .filter(({ id }) => layers.get(id) === layer)
      .map((app) => actionFor(before.get(app.id), app, restarts))
      .filter((action) => action !== undefined),
  );
  return [stops, starts, ...byLayer].filter((step) => step.length > 0);
}
