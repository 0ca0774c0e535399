import { openInClusterAccess } from "../../adapters/kubernetes/in-cluster-access.ts";
import { openKubeconfigAccess } from "../../adapters/kubernetes/kubeconfig-access.ts";
import { connectKubernetes, type KubeConnection } from "../../adapters/kubernetes/connect.ts";
import { OperatingError } from "../../api/errors/operating-error.ts";
import type { Clock } from "../../runtime/ports/clock.ts";
import type { Logger } from "../../runtime/ports/logger.ts";
import type { Meter } from "../../runtime/ports/meter.ts";
import type { Random } from "../../runtime/ports/random.ts";
import { VERSION } from "../version.ts";
import type { AgentConfig } from "./config.ts";

export interface KubeAccessParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly meter: Meter;
}

/** A connection with the Pod's own account, or with a kubeconfig where one is given. */
export async function openKube(
  config: AgentConfig,
  parts: KubeAccessParts,
): Promise<KubeConnection> {
  const { clock } = parts;
  const { kubernetesHost: host, kubernetesPort: port = "443" } = config.environment;
  if (config.kubeconfig !== undefined) {
    const access = await openKubeconfigAccess({ clock, file: config.kubeconfig });
    return connectKubernetes({ ...parts, access, process: "agent", version: VERSION });
  }
  if (host === undefined) {
    throw new OperatingError("CONFIG_INVALID", "--kubeconfig: needed outside of a Pod");
  }
  const access = await openInClusterAccess({ clock, host, port });
  return connectKubernetes({ ...parts, access, process: "agent", version: VERSION });
}
