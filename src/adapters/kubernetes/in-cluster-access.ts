import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { OperatingError } from "../../api/errors/operating-error.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import { RenewingAccess, type ClusterAccess } from "./access.ts";

/** Where kubelet mounts the service account of a pod. */
export const SERVICE_ACCOUNT_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount";

/** `KUBERNETES_SERVICE_HOST` and `…_PORT`. */
export interface InClusterAddress {
  readonly host: string;
  readonly port: string;
}

/** Where the API server is, as the environment of a pod says; `undefined` outside of pods. */
export function inClusterAddress(
  environment: Readonly<Record<string, string | undefined>>,
): InClusterAddress | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port = "443" } = environment;
  return host === undefined ? undefined : { host, port };
}

export interface InClusterOptions extends InClusterAddress {
  readonly clock: Clock;
  readonly folder?: string;
}

/**
 * The service account of our own pod. The token is read again at least once a minute, the CA when its file changed.
 * @throws {OperatingError} CONFIG_INVALID when the volume is not there.
 */
export async function openInClusterAccess(options: InClusterOptions): Promise<ClusterAccess> {
  const folder = options.folder ?? SERVICE_ACCOUNT_FOLDER;
  const host = options.host.includes(":") ? `[${options.host}]` : options.host;
  let ca = "";
  let caChangedMs = -1;
  try {
    return await RenewingAccess.open({
      clock: options.clock,
      server: `https://${host}:${options.port}`,
      namespace: (await readFile(join(folder, "namespace"), "utf8")).trim(),
      load: async () => {
        const token = (await readFile(join(folder, "token"), "utf8")).trim();
        const { mtimeMs } = await stat(join(folder, "ca.crt"));
        if (mtimeMs !== caChangedMs) {
          ca = await readFile(join(folder, "ca.crt"), "utf8");
          caChangedMs = mtimeMs;
        }
        return { authorization: `Bearer ${token}`, tls: { ca } };
      },
    });
  } catch (error) {
    throw new OperatingError("CONFIG_INVALID", `no service account under ${folder}`, {
      hint: "Run in a pod with a service account token, or give --kubeconfig.",
      cause: error,
    });
  }
}
