export type OwnerKind = "mesoscluster" | "marathonapp" | "zkmigration" | "probefleet";

/** Label that names the owning object of each kind. */
const OWNER_LABEL: Readonly<Record<OwnerKind, string>> = {
  mesoscluster: "orchestrator.io/cluster",
  marathonapp: "marathon.orchestrator.io/app",
  zkmigration: "orchestrator.io/migration",
  probefleet: "orchestrator.io/fleet",
};

export interface Belonging {
  readonly owner: OwnerKind;
  /** Name of the owning object. */
  readonly name: string;
  /** What the child is for, e.g. `master`. */
  readonly component: string;
}

/** Labels that a pod of ours is selected by. They never change, since selectors cannot. */
export function selectorLabels({ owner, name, component }: Belonging): Record<string, string> {
  return {
    "app.kubernetes.io/component": component,
    "app.kubernetes.io/managed-by": "orchestrator",
    [OWNER_LABEL[owner]]: name,
  };
}

/**
 * Labels of a child and of its pods. Never `app.kubernetes.io/instance`: Argo CD tracks by it and would prune the child.
 */
export function childLabels(belonging: Belonging): Record<string, string> {
  return {
    "app.kubernetes.io/name": "orchestrator",
    "app.kubernetes.io/part-of": "orchestrator",
    "orchestrator.io/owner": belonging.owner,
    ...selectorLabels(belonging),
  };
}

/** True for an object that carries the labels of a child of this owner, whoever made it. */
export function belongsTo(
  labels: Readonly<Record<string, string>> | undefined,
  owner: OwnerKind,
  name: string,
): boolean {
  return (
    labels?.["app.kubernetes.io/managed-by"] === "orchestrator" &&
    labels[OWNER_LABEL[owner]] === name
  );
}
