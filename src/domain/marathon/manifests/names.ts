/** Labels, annotations and names that other parts of the product read; a contract (marathon.md 5, 7.1). */
export const POOL_LABEL = "orchestrator.io/pool";
export const APP_LABEL = "marathon.orchestrator.io/app";
export const ADMISSION_GATE = "orchestrator.io/admission";
export const SANDBOX = "/mnt/mesos/sandbox";

export const ANNOTATION = {
  id: "marathon.orchestrator.io/id",
  version: "marathon.orchestrator.io/version",
  ports: "marathon.orchestrator.io/ports",
  role: "orchestrator.io/role",
  acceptedRoles: "orchestrator.io/accepted-roles",
  dynamicPorts: "orchestrator.io/dynamic-ports",
  killSelection: "orchestrator.io/kill-selection",
  constraints: "orchestrator.io/constraints",
  /** On the MarathonApp: the API's record of its last change. */
  change: "marathon.orchestrator.io/change",
  /** On the Rollout: what was applied last, to tell foreign edits from our own. */
  applied: "marathon.orchestrator.io/applied",
} as const;

/** Annotation in which the engine writes the host port of port `index`. */
export function portAnnotation(index: number): string {
  return `marathon.orchestrator.io/port.${index}`;
}

/** Annotation that keeps a Marathon label on the Pod. */
export function labelAnnotation(key: string): string {
  return `marathon.orchestrator.io/label.${key}`;
}

const SERVICE_NAME = /^[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$/;

/** Name of the app's Service: the CR's, made a DNS-1035 label where the CR's is not one. */
export function serviceName(name: string): string {
  if (SERVICE_NAME.test(name)) return name;
  const label = `m-${name.replaceAll(".", "-")}`.slice(0, 63);
  return label.replace(/-+$/, "");
}

export function previewServiceName(name: string): string {
  return `${serviceName(name).slice(0, 55).replace(/-+$/, "")}-preview`;
}

const PORT_NAME_MAX = 15;

/** Kubernetes' name of a port: Marathon's where it is legal (at most 15 characters, a letter in it), else `p<index>`. */
export function kubePortName(name: string | undefined, index: number): string {
  const legal =
    name !== undefined &&
    name.length <= PORT_NAME_MAX &&
    /[a-z]/.test(name) &&
    !name.includes("--");
  return legal ? name : `p${index}`;
}
