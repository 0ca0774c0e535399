import type { MarathonAppSpec } from "../../../api/crd/v1alpha1/marathon-app/spec.ts";
import type { MarathonAppStatus } from "../../../api/crd/v1alpha1/marathon-app/status.ts";
import type { AppDefinition } from "../../../api/marathon/app.ts";
import type { AppInfo, LastTaskFailure, Task, VersionInfo } from "../../../api/marathon/answers.ts";
import { requestedPorts } from "../app/app-facts.ts";
import { appOfSpec, configHash } from "../decide/app-of-spec.ts";
import { parseChange, type ChangeRecord } from "../decide/change-record.ts";
import type { SeenObject } from "../decide/marathon-app-seen.ts";
import { ANNOTATION } from "../manifests/names.ts";
import type { AppPod } from "../status/app-pod.ts";
import { taskCounts } from "../status/task-counts.ts";
import { lastTaskFailure, taskOf, withMillis } from "../status/task.ts";
import type { Embeds } from "./embeds.ts";

/** An app as the API knows it: its object, its canonical definition and the versions it has. */
export interface KnownApp {
  readonly object: SeenObject;
  readonly app: AppDefinition;
  readonly version: string;
  readonly versionInfo: VersionInfo;
  readonly servicePorts: readonly number[];
  /** Running deployment, if any. */
  readonly deployment: KnownDeployment | undefined;
}

export interface KnownDeployment {
  readonly id: string;
  readonly version: string;
  readonly kind: "start" | "scale" | "restart";
}

/** The API's record, as long as nobody has changed the object behind it and the operator is not ahead of it. */
function currentChange(object: SeenObject, app: AppDefinition): ChangeRecord | undefined {
  const change = parseChange(object.metadata.annotations?.[ANNOTATION.change]);
  const seen = object.status?.version;
  const isCurrent =
    change?.configHash === configHash(app) &&
    change.instances === app.instances &&
    (seen === undefined || change.version >= seen);
  return isCurrent ? change : undefined;
}

function deploymentOf(
  object: SeenObject,
  change: ChangeRecord | undefined,
  info: VersionInfo,
  version: string,
): KnownDeployment | undefined {
  const { status } = object;
  const unseen = change !== undefined && status?.version !== change.version;
  const id = unseen ? change.deploymentId : status?.deployments?.[0]?.id;
  if (id === undefined) return undefined;
  const onlyScaled = info.lastScalingAt === version && info.lastConfigChangeAt !== version;
  return { id, version, kind: change?.kind ?? (onlyScaled ? "scale" : "restart") };
}

/** Reads a MarathonApp; `undefined` for one that is no app (a Pod or job) or breaks the rules. */
export function knownApp(object: SeenObject): KnownApp | undefined {
  const parsed = appOfSpec(object.spec);
  if (parsed.kind !== "ok") return undefined;
  const { app } = parsed;
  const change = currentChange(object, app);
  const created = withMillis(object.metadata.creationTimestamp);
  const version = change?.version ?? object.status?.version ?? created;
  const versionInfo = {
    lastScalingAt: change?.lastScalingAt ?? object.status?.versionInfo?.lastScalingAt ?? version,
    lastConfigChangeAt:
      change?.lastConfigChangeAt ?? object.status?.versionInfo?.lastConfigChangeAt ?? version,
  };
  return {
    object,
    app,
    version,
    versionInfo,
    servicePorts:
      object.status?.servicePorts ?? requestedPorts(app).map(({ servicePort }) => servicePort),
    deployment: deploymentOf(object, change, versionInfo, version),
  };
}

/** Tasks of the app, those that ended are left out. */
export function appTasks(
  known: KnownApp,
  pods: readonly AppPod[],
  agentIds?: ReadonlyMap<string, string>,
): Task[] {
  const { app, servicePorts } = known;
  const context = { app, servicePorts, ...(agentIds ? { agentIds } : {}) };
  return pods
    .filter(({ status }) => status?.phase !== "Failed" && status?.phase !== "Succeeded")
    .map((pod) => taskOf(pod, context));
}

function storedFailure(status: MarathonAppStatus | undefined): LastTaskFailure | undefined {
  const failure = status?.lastTaskFailure;
  return failure?.taskId === undefined ? undefined : (failure as LastTaskFailure);
}

/** An app as GET answers it; what is not asked for by `embeds` stays out. */
export function appInfo(known: KnownApp, pods: readonly AppPod[], embeds: Embeds): AppInfo {
  const { app, version, versionInfo, deployment } = known;
  const counts = taskCounts(app, pods);
  const failure = embeds.lastTaskFailure
    ? (lastTaskFailure(app.id, pods) ?? storedFailure(known.object.status))
    : undefined;
  return {
    ...app,
    version,
    versionInfo,
    tasksStaged: counts.staged,
    tasksRunning: counts.running,
    tasksHealthy: counts.healthy,
    tasksUnhealthy: counts.unhealthy,
    deployments: deployment ? [{ id: deployment.id }] : [],
    ...(embeds.tasks ? { tasks: appTasks(known, pods) } : {}),
    ...(failure ? { lastTaskFailure: failure } : {}),
  };
}

const EXTENSION_FIELDS = [
  "cluster",
  "rollout",
  "autoscaling",
  "healing",
  "launchRatePerMinute",
  "paused",
] as const;

/** The spec with another app in it; everything that Marathon does not know stays as it is. */
export function specWithApp(spec: MarathonAppSpec, app: AppDefinition): MarathonAppSpec {
  const { id, type, pod, job, strict, management, mode, deletionPolicy, upgradePolicy } = spec;
  const kept = {
    ...Object.fromEntries(EXTENSION_FIELDS.map((field) => [field, spec[field]])),
    id,
    type,
    pod,
    job,
    strict,
    management,
    mode,
    deletionPolicy,
    upgradePolicy,
    templateRevision: spec.templateRevision,
  };
  const whole = { ...app, ...kept };
  return Object.fromEntries(
    Object.entries(whole).filter(([, value]) => value !== undefined),
  ) as unknown as MarathonAppSpec;
}

/** The members of the extension object `orchestrator` that a body may carry. */
export function extensionOf(document: unknown): Readonly<Record<string, unknown>> {
  const extension = (document as { readonly orchestrator?: unknown } | null)?.orchestrator;
  if (typeof extension !== "object" || extension === null) return {};
  const members = extension as Readonly<Record<string, unknown>>;
  return Object.fromEntries(
    EXTENSION_FIELDS.filter((field) => members[field] !== undefined).map((field) => [
      field,
      members[field],
    ]),
  );
}
