import type { ApiSettings } from "./settings.ts";

export const MARATHON_VERSION = "1.10.0";

/**
 * `/v2/info`: keys that clients and the old UI read. Values that mean nothing on Kubernetes are Marathon's defaults.
 */
export function infoBody(settings: ApiSettings): object {
  const { normalize, features, servicePorts, address, info } = settings;
  return {
    name: "marathon",
    version: MARATHON_VERSION,
    buildref: "orchestrator",
    elected: true,
    leader: address.replace(/^https?:\/\//, ""),
    frameworkId: "marathon",
    marathon_config: {
      access_control_allow_origin: null,
      checkpoint: true,
      decline_offer_duration: 120_000,
      default_network_name: normalize.defaultNetworkName ?? null,
      env_vars_prefix: info.envPrefix ?? null,
      executor: "//cmd",
      failover_timeout: 604_800,
      features: [...features],
      framework_name: "marathon",
      ha: true,
      hostname: info.hostname,
      launch_token: 100,
      launch_token_refresh_interval: 30_000,
      leader_proxy_connection_timeout_ms: 5_000,
      leader_proxy_read_timeout_ms: 10_000,
      local_port_min: servicePorts.min,
      local_port_max: servicePorts.max,
      master: "mesos-master:5050",
      max_instances_per_offer: 5,
      mesos_bridge_name: normalize.mesosBridgeName,
      mesos_heartbeat_failure_threshold: 5,
      mesos_heartbeat_interval: 15_000,
      mesos_leader_ui_url: null,
      mesos_role: normalize.defaultRole,
      mesos_user: "root",
      min_revive_offers_interval: 5_000,
      new_group_enforce_role: "off",
      offer_matching_timeout: 3_000,
      on_elected_prepare_timeout: 180_000,
      reconciliation_initial_delay: 15_000,
      reconciliation_interval: 600_000,
      scale_apps_initial_delay: 15_000,
      scale_apps_interval: 300_000,
      store_cache: true,
      task_launch_confirm_timeout: 300_000,
      task_launch_timeout: 300_000,
      task_lost_expunge_initial_delay: 300_000,
      task_lost_expunge_interval: 30_000,
      task_reservation_timeout: 20_000,
      webui_url: info.webuiUrl ?? null,
    },
    zookeeper_config: {
      zk: "",
      zk_compression: true,
      zk_compression_threshold: 65_536,
      zk_connection_timeout: 10_000,
      zk_max_node_size: 1_024_000,
      zk_max_versions: 50,
      zk_session_timeout: 10_000,
      zk_timeout: 10_000,
    },
    http_config: { http_port: info.httpPort, https_port: null },
  };
}
