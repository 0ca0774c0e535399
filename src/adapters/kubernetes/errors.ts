import { OperatingError, isOperatingError } from "../../api/errors/operating-error.ts";
import type { ErrorCode } from "../../api/errors/table.ts";

interface StatusCause {
  readonly reason?: string;
  readonly message?: string;
  readonly field?: string;
}

/** The part of a `Status` object that decides what went wrong. */
export interface KubeStatus {
  readonly kind?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly code?: number;
  readonly details?: {
    readonly name?: string;
    readonly kind?: string;
    readonly causes?: readonly StatusCause[];
    readonly retryAfterSeconds?: number;
  };
}

/** What was asked, for the message: never a body, never a credential. */
export interface FailedCall {
  readonly method: string;
  readonly path: string;
}

const BY_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: "KUBE_INVALID",
  401: "KUBE_UNAUTHORIZED",
  403: "KUBE_FORBIDDEN",
  404: "KUBE_NOT_FOUND",
  405: "KUBE_PROTOCOL",
  406: "KUBE_PROTOCOL",
  409: "KUBE_CONFLICT",
  410: "KUBE_GONE",
  413: "KUBE_TOO_LARGE",
  415: "KUBE_PROTOCOL",
  422: "KUBE_INVALID",
  429: "KUBE_THROTTLED",
  504: "KUBE_TIMEOUT",
};

function codeOf(statusCode: number, status: KubeStatus): ErrorCode {
  if (statusCode === 409 && status.reason === "AlreadyExists") return "KUBE_ALREADY_EXISTS";
  if (statusCode === 409 && managerCauses(status).length > 0) return "KUBE_APPLY_CONFLICT";
  // Server-side apply answers 500 for a field that the schema does not know; only its text tells this from a failing server.
  if (statusCode === 500 && status.message?.startsWith("failed to create typed patch") === true) {
    return "KUBE_INVALID";
  }
  return BY_STATUS[statusCode] ?? (statusCode >= 500 ? "KUBE_UNAVAILABLE" : "KUBE_PROTOCOL");
}

function managerCauses(status: KubeStatus): readonly StatusCause[] {
  return (status.details?.causes ?? []).filter(({ reason }) => reason === "FieldManagerConflict");
}

/** An answer with an error status. `managers` and `fields` name the other owners of an apply conflict. */
export function fromStatus(
  call: FailedCall,
  statusCode: number,
  status: KubeStatus,
  retryAfterMs?: number,
): OperatingError {
  const code = codeOf(statusCode, status);
  const causes = managerCauses(status);
  const path = call.path.split("?", 1)[0]!;
  return new OperatingError(code, status.message ?? `${call.method} ${path}: HTTP ${statusCode}`, {
    details: {
      method: call.method,
      path,
      statusCode,
      ...(status.reason === undefined ? {} : { reason: status.reason }),
      ...(status.details?.name === undefined ? {} : { name: status.details.name }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      ...(causes.length === 0
        ? {}
        : { managers: causes.map(managerOf), fields: causes.map(({ field }) => field ?? "") }),
    },
  });
}

/** `conflict with "kubectl" using v1` → `kubectl`. */
function managerOf(cause: StatusCause): string {
  return /"([^"]*)"/.exec(cause.message ?? "")?.[1] ?? "";
}

const TIMEOUTS = new Set(["UND_ERR_HEADERS_TIMEOUT", "UND_ERR_BODY_TIMEOUT"]);

/** A call that got no (whole) answer, or an answer that is no Kubernetes. Operating errors pass unchanged. */
export function fromKubernetes(call: FailedCall, error: unknown): OperatingError {
  if (isOperatingError(error)) return error;
  const path = call.path.split("?", 1)[0]!;
  const details = { method: call.method, path };
  const make = (code: ErrorCode, what: string, hint?: string): OperatingError =>
    new OperatingError(code, `${call.method} ${path}: ${what}`, {
      details,
      cause: error,
      ...(hint === undefined ? {} : { hint }),
    });
  if (error instanceof SyntaxError) return make("KUBE_PROTOCOL", "the answer is not JSON");
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return make("KUBE_TIMEOUT", error.message);
  }
  const systemCode = systemCodeOf(error);
  if (TIMEOUTS.has(systemCode)) return make("KUBE_TIMEOUT", "no answer in time");
  if (systemCode === "UND_ERR_RES_EXCEEDED_MAX_SIZE") {
    return make("KUBE_TOO_LARGE", "the answer passes the limit");
  }
  if (systemCode.startsWith("HPE_") || systemCode === "ERR_SSL_WRONG_VERSION_NUMBER") {
    return make("KUBE_PROTOCOL", "the server does not speak this protocol");
  }
  if (/CERT|SELF_SIGNED|UNABLE_TO_VERIFY/.test(systemCode)) {
    return make(
      "KUBE_UNAVAILABLE",
      `certificate refused (${systemCode})`,
      "Check the certificate authority in kubeconfig or the service account volume.",
    );
  }
  return make("KUBE_UNAVAILABLE", systemCode === "" ? "connection failed" : systemCode);
}

function systemCodeOf(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth += 1) {
    const code = (at as Error & { code?: unknown }).code;
    if (typeof code === "string") return code;
    if (at instanceof AggregateError && at.errors.length > 0) {
      const inner = systemCodeOf(at.errors[0]);
      if (inner !== "") return inner;
    }
  }
  return "";
}
