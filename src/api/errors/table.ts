export type Retry = "transient" | "terminal";

interface ErrorRow {
  readonly retry: Retry;
  /** What a person should do next, when the place that fails knows nothing better. */
  readonly hint: string;
}

const row = (retry: Retry, hint: string): ErrorRow => ({ retry, hint });

/** Every error code of the product. The reference page is generated from this table. */
export const ERROR_TABLE = {
  CONFIG_INVALID: row("terminal", "Mend the listed fields and start again."),
  RESOURCE_TEXT_INVALID: row(
    "terminal",
    "Write resources as name:value;name:value, e.g. cpus:2;mem:1024.",
  ),
  ALLOCATOR_INVARIANT: row(
    "terminal",
    "This is a defect: report it with the event in the details.",
  ),
  LEADER_TERM_EXPIRED: row("transient", "Another process leads now; this one restarts as standby."),
  KUBE_CONFLICT: row(
    "transient",
    "The object changed meanwhile; it is read again and decided anew.",
  ),
  KUBE_APPLY_CONFLICT: row("transient", "Another field manager owns the field; change it there."),
  KUBE_ALREADY_EXISTS: row(
    "transient",
    "An object of that name exists; remove or rename one of them.",
  ),
  KUBE_NOT_FOUND: row("transient", "The object is gone; nothing to do unless it should exist."),
  KUBE_GONE: row("transient", "The watch window is over; the list is read anew."),
  KUBE_INVALID: row("terminal", "The API server refused the object; the message names the field."),
  KUBE_FORBIDDEN: row("transient", "Grant the named verb to the service account, see config/rbac."),
  KUBE_UNAUTHORIZED: row(
    "transient",
    "The credentials are refused; check kubeconfig or the token.",
  ),
  KUBE_THROTTLED: row("transient", "The API server asks for patience; the call is repeated."),
  KUBE_TIMEOUT: row("transient", "The API server did not answer in time; the call is repeated."),
  KUBE_UNAVAILABLE: row("transient", "The API server cannot be reached; check it and the network."),
  KUBE_TOO_LARGE: row("terminal", "The answer passes the limit; narrow the selector."),
  KUBE_TOO_OLD: row("terminal", "Upgrade Kubernetes to 1.30 or newer."),
  KUBE_PROTOCOL: row(
    "terminal",
    "The server does not speak the Kubernetes API; check the address.",
  ),
  RECONCILE_TIMEOUT: row(
    "transient",
    "The loop took too long and is tried again; look for slow calls.",
  ),
  RECONCILE_DEFECT: row("transient", "This is a defect: report it with the stack in the log."),
  REGISTRY_CONFLICT: row("transient", "Another writer changed the record; it is read again."),
  REGISTRY_UNAVAILABLE: row(
    "transient",
    "The store of the registry cannot be reached; check it and the network.",
  ),
  REGISTRY_CORRUPT: row("terminal", "Restore the registry from a backup."),
  ZK_CONNECTION_LOSS: row(
    "transient",
    "No ZooKeeper server answers; check the ensemble, the address and the network.",
  ),
  ZK_SESSION_EXPIRED: row("terminal", "The session is over; a new one is opened."),
  ZK_SESSION_TOO_SHORT: row(
    "terminal",
    "Raise maxSessionTimeout of the ensemble; masters need sessions of 6 s.",
  ),
  ZK_AUTH_FAILED: row("terminal", "ZooKeeper refuses the credentials; check user and password."),
  ZK_NO_AUTH: row("terminal", "Give these credentials the right to read and create at the path."),
  ZK_NO_NODE: row("terminal", "Somebody removed the znode; look who else writes at the path."),
  ZK_UNKNOWN: row("terminal", "ZooKeeper refused the call; the return code is in the details."),
  MASTER_UNAVAILABLE: row("transient", "No leading master can be reached; check the MesosCluster."),
  AGENT_REFUSED: row(
    "transient",
    "The master does not take this agent; its message says why. It is asked again.",
  ),
  AGENT_WORK_DIR_LOCKED: row(
    "terminal",
    "Another agent runs on this work_dir; stop it or choose another.",
  ),
  AGENT_META_CORRUPT: row("terminal", "Move the named file away, or start with recover=cleanup."),
  LAUNCH_FAILED: row("terminal", "The task could not be started; the message says what failed."),
  CRD_SCHEMA_OLD: row("terminal", "Apply the CRDs of this release first."),
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERROR_TABLE;
