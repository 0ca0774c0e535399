import type { RequestOptions } from "node:https";
import { OperatingError } from "../../api/errors/operating-error.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import {
  RenewingAccess,
  type ClusterAccess,
  type Credentials,
  type TlsMaterial,
} from "./access.ts";

export interface KubeconfigOptions {
  readonly clock: Clock;
  /** A file; absent: kubectl's default (KUBECONFIG, ~/.kube/config). */
  readonly file?: string | undefined;
  readonly context?: string;
}

/**
 * A kubeconfig with everything client-node understands: certificates, tokens, exec plugins, OIDC. client-node is loaded here
 * and only when a kubeconfig is used: it costs about 120 MB of memory that a process in a pod does not need.
 * @throws {OperatingError} CONFIG_INVALID when file, context or cluster is missing.
 */
export async function openKubeconfigAccess(options: KubeconfigOptions): Promise<ClusterAccess> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  try {
    if (options.file === undefined) config.loadFromDefault();
    else config.loadFromFile(options.file);
  } catch (error) {
    throw invalid(`kubeconfig ${options.file ?? "(default)"} cannot be read`, error);
  }
  if (options.context !== undefined) config.setCurrentContext(options.context);
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw invalid("kubeconfig names no cluster for the current context");
  const namespace = config.getContextObject(config.getCurrentContext())?.namespace ?? "default";
  return RenewingAccess.open({
    clock: options.clock,
    server: cluster.server,
    namespace,
    ...(cluster.proxyUrl === undefined ? {} : { proxyUrl: cluster.proxyUrl }),
    load: async () => {
      const request: RequestOptions = {};
      try {
        await config.applyToHTTPSOptions(request);
      } catch (error) {
        throw invalid("the kubeconfig's credentials cannot be obtained", error);
      }
      return credentialsOf(request);
    },
  });
}

function credentialsOf(request: RequestOptions): Credentials {
  const tls: TlsMaterial = {
    ...text("ca", request.ca),
    ...text("cert", request.cert),
    ...text("key", request.key),
    ...text("passphrase", request.passphrase),
    ...text("servername", request.servername),
    ...(request.rejectUnauthorized === undefined
      ? {}
      : { rejectUnauthorized: request.rejectUnauthorized }),
  };
  const authorization = authorizationOf(request);
  return authorization === undefined ? { tls } : { authorization, tls };
}

function authorizationOf(request: RequestOptions): string | undefined {
  const headers = request.headers as Readonly<Record<string, unknown>> | undefined;
  const header = headers?.["Authorization"];
  if (typeof header === "string") return header;
  if (typeof request.auth !== "string") return undefined;
  return `Basic ${Buffer.from(request.auth).toString("base64")}`;
}

function text<Name extends string>(name: Name, value: unknown): { readonly [N in Name]?: string } {
  if (typeof value === "string" && value !== "")
    return { [name]: value } as { [N in Name]: string };
  if (Buffer.isBuffer(value)) return { [name]: value.toString("utf8") } as { [N in Name]: string };
  return {};
}

function invalid(message: string, cause?: unknown): OperatingError {
  return new OperatingError("CONFIG_INVALID", message, {
    hint: "Give a kubeconfig that kubectl accepts (--kubeconfig FILE).",
    cause,
  });
}
