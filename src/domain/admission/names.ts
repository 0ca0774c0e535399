/** Gate that keeps a pool pod from the scheduler until the engine has room for it. */
export const ADMISSION_GATE = "orchestrator.io/admission";
/** Reservations a pod may use: `["*"]` or `[role]`, as Marathon writes them. */
export const ACCEPTED_ROLES_ANNOTATION = "orchestrator.io/accepted-roles";
/** How many host ports the engine chooses for the pod. */
export const DYNAMIC_PORTS_ANNOTATION = "orchestrator.io/dynamic-ports";
/** Marathon's killSelection; says what the deletion cost is to be. */
export const KILL_SELECTION_ANNOTATION = "orchestrator.io/kill-selection";
/** Marathon constraints of the app, as JSON tuples. */
export const CONSTRAINTS_ANNOTATION = "orchestrator.io/constraints";
/** `<term>/<agent id>`: who let the pod start, and where it is charged until a node is known. */
export const ADMITTED_ANNOTATION = "orchestrator.io/admitted";
/** Name of the MarathonApp a pod belongs to. */
export const APP_LABEL = "marathon.orchestrator.io/app";
/** Configuration version of the app; constraints count only pods of one version. */
export const APP_VERSION_ANNOTATION = "marathon.orchestrator.io/version";
export const PORTS_ANNOTATION = "marathon.orchestrator.io/ports";
export const DELETION_COST_ANNOTATION = "controller.kubernetes.io/pod-deletion-cost";
export const HOSTNAME_LABEL = "kubernetes.io/hostname";

/** Annotation that carries the number chosen for the app's port `index`. */
export function portAnnotation(index: number): string {
  return `marathon.orchestrator.io/port.${index}`;
}
