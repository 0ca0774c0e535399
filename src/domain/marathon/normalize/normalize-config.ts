/** What the installation decides about apps that do not say it themselves. */
export interface NormalizeConfig {
  /** Name for container networks without one (`--default_network_name`). */
  readonly defaultNetworkName?: string;
  /** `ipAddress.networkName` that means the bridge (`--mesos_bridge_name`). */
  readonly mesosBridgeName: string;
  /** Role of apps that name none: the group's, else `--mesos_role`. */
  readonly defaultRole: string;
}

export const NORMALIZE_DEFAULTS: NormalizeConfig = {
  mesosBridgeName: "mesos-bridge",
  defaultRole: "*",
};
