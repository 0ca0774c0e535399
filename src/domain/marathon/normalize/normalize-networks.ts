import type { Network } from "../../../api/marathon/app.ts";
import type { AppInput } from "../../../api/marathon/app-input.ts";
import type { NormalizeConfig } from "./normalize-config.ts";

export type NetworksResult =
  | { readonly kind: "ok"; readonly networks: readonly Network[] }
  | { readonly kind: "refused"; readonly message: string };

const ok = (networks: readonly Network[]): NetworksResult => ({ kind: "ok", networks });
const HOST: Network = { mode: "host", labels: {} };
const BRIDGE: Network = { mode: "container/bridge", labels: {} };

function containerNetwork(
  name: string | undefined,
  labels: Readonly<Record<string, string>>,
  config: NormalizeConfig,
): Network {
  const chosen = name ?? config.defaultNetworkName;
  return { mode: "container", ...(chosen === undefined ? {} : { name: chosen }), labels };
}

function fromIpAddress(
  ipAddress: NonNullable<AppInput["ipAddress"]>,
  config: NormalizeConfig,
): Network {
  return ipAddress.networkName === config.mesosBridgeName
    ? BRIDGE
    : containerNetwork(ipAddress.networkName, ipAddress.labels, config);
}

/** The app's networks from whichever generation of fields it uses: `networks`, `docker.network` or `ipAddress`. */
export function normalizeNetworks(input: AppInput, config: NormalizeConfig): NetworksResult {
  switch (input.container?.docker?.network) {
    case "HOST":
      return ok([HOST]);
    case "BRIDGE":
      return ok([BRIDGE]);
    case "USER":
      return ok([
        containerNetwork(input.ipAddress?.networkName, input.ipAddress?.labels ?? {}, config),
      ]);
    case "NONE":
      return { kind: "refused", message: "unsupported docker network type NONE" };
    case undefined:
      break;
  }
  if (input.ipAddress) return ok([fromIpAddress(input.ipAddress, config)]);
  if (!input.networks || input.networks.length === 0) return ok([HOST]);
  return ok(
    input.networks.map((network) =>
      network.mode === "container"
        ? containerNetwork(network.name, network.labels, config)
        : network,
    ),
  );
}
