/**
 * Everything that ACLs can permit, with the name of what it is done to, as both stand in an ACLs file.
 * @see mesos@1.11 include/mesos/authorizer/acls.proto
 */
export const ACL_ACTIONS = {
  register_frameworks: "roles",
  reserve_resources: "roles",
  create_volumes: "roles",
  resize_volumes: "roles",
  update_weights: "roles",
  get_quotas: "roles",
  update_quotas: "roles",
  view_roles: "roles",
  create_block_disks: "roles",
  create_mount_disks: "roles",
  destroy_block_disks: "roles",
  destroy_mount_disks: "roles",
  destroy_raw_disks: "roles",
  destroy_volumes: "creator_principals",
  unreserve_resources: "reserver_principals",
  teardown_frameworks: "framework_principals",
  run_tasks: "users",
  view_frameworks: "users",
  view_tasks: "users",
  view_executors: "users",
  view_containers: "users",
  view_standalone_containers: "users",
  access_sandboxes: "users",
  attach_containers_input: "users",
  attach_containers_output: "users",
  launch_nested_containers_as_user: "users",
  launch_nested_containers_under_parent_with_user: "users",
  launch_nested_container_sessions_as_user: "users",
  launch_nested_container_sessions_under_parent_with_user: "users",
  kill_nested_containers: "users",
  wait_nested_containers: "users",
  remove_nested_containers: "users",
  launch_standalone_containers: "users",
  kill_standalone_containers: "users",
  wait_standalone_containers: "users",
  remove_standalone_containers: "users",
  register_agents: "agents",
  drain_agents: "agents",
  deactivate_agents: "agents",
  reactivate_agents: "agents",
  mark_agents_gone: "agents",
  get_maintenance_schedules: "machines",
  update_maintenance_schedules: "machines",
  start_maintenances: "machines",
  stop_maintenances: "machines",
  get_maintenance_statuses: "machines",
  get_endpoints: "paths",
  view_flags: "flags",
  access_mesos_logs: "logs",
  set_log_level: "level",
  prune_images: "images",
  modify_resource_provider_configs: "resource_providers",
  mark_resource_providers_gone: "resource_providers",
  view_resource_providers: "resource_providers",
} as const;

export type AclAction = keyof typeof ACL_ACTIONS;
export type AclObject = (typeof ACL_ACTIONS)[AclAction];

/** Things that have no names an entry could list: all of them, or none. */
export const UNNAMED_OBJECTS: ReadonlySet<AclObject> = new Set([
  "agents",
  "machines",
  "flags",
  "logs",
  "level",
  "images",
  "resource_providers",
]);

export function isAclAction(name: string): name is AclAction {
  return Object.hasOwn(ACL_ACTIONS, name);
}
