import type { MarathonApp } from "../../api/crd/v1alpha1/marathon-app/marathon-app.ts";
import type { GatedPod, RuledNode } from "./kube-view.ts";

type Container = GatedPod["spec"]["containers"][number];

/** Set fields only: an absent one stays absent. */
function picked<T extends object, K extends keyof T>(from: T, fields: readonly K[]): Pick<T, K> {
  const entries = fields.filter((field) => from[field] !== undefined).map((f) => [f, from[f]]);
  return Object.fromEntries(entries) as Pick<T, K>;
}

const META = [
  "name",
  "namespace",
  "uid",
  "resourceVersion",
  "creationTimestamp",
  "deletionTimestamp",
  "labels",
  "annotations",
] as const;

const containerOf = (container: Container): Container =>
  picked(container, ["name", "resources", "ports", "restartPolicy"]);

/** What admission keeps of a pod in memory: about a fifth of it. */
export function projectPod<T extends GatedPod>(pod: T): T {
  const { spec, status } = pod;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: picked(pod.metadata, META),
    spec: {
      ...picked(spec, [
        "nodeName",
        "hostNetwork",
        "overhead",
        "resources",
        "schedulingGates",
        "nodeSelector",
        "affinity",
        "tolerations",
        "priority",
      ]),
      containers: spec.containers.map(containerOf),
      ...(spec.initContainers === undefined
        ? {}
        : { initContainers: spec.initContainers.map(containerOf) }),
    },
    status: status?.phase === undefined ? {} : { phase: status.phase },
  } as unknown as T;
}

/** What the rules of pods look at in a node. */
export function projectNode<T extends RuledNode>(node: T): T {
  return {
    metadata: picked(node.metadata, META),
    spec: picked(node.spec ?? {}, ["unschedulable", "taints"]),
  } as unknown as T;
}

/** True for a heartbeat: nothing that a rule looks at has changed. Both are projected. */
export function isNodeNoise(previous: RuledNode, next: RuledNode): boolean {
  const facts = ({ metadata: { uid, labels }, spec }: RuledNode): string =>
    JSON.stringify([uid, labels, spec]);
  return facts(previous) === facts(next);
}

/** What admission reads of an app: its launch limits. */
export function projectApp<T extends MarathonApp>(app: T): T {
  const { metadata, spec, status } = app;
  return {
    metadata: picked(metadata, ["name", "namespace", "uid", "resourceVersion"]),
    spec: picked(spec, ["launchRatePerMinute"]),
    status: status?.queue === undefined ? {} : { queue: picked(status.queue, ["delayUntil"]) },
  } as unknown as T;
}
