import { asId, type FrameworkId } from "../../api/ids/ids.ts";
import type { MasterCall } from "../../api/mesos/operator-call.ts";
import type { MasterState } from "../mesos/master-state.ts";
import type { AclAction } from "./acl-actions.ts";
import type { Permission } from "./may-do.ts";
import {
  toCreateVolumes,
  toDestroyVolumes,
  toReserve,
  toResizeVolume,
  toUnreserve,
} from "./resource-permissions.ts";

/**
 * What a call of the operator API asks permission for. Reads ask for none: what may not be seen is left out of their answers.
 * A call about what does not exist asks for none either: it is answered by its validation.
 * @see mesos@1.11 src/master/http.cpp
 */
export function permissionsOfCall(
  call: MasterCall,
  state: Pick<MasterState, "frameworks">,
): readonly Permission[] {
  switch (call.type) {
    case "TEARDOWN":
      return toTearDown(call.teardown?.framework_id.value ?? "", state);
    case "MARK_AGENT_GONE":
      return onAll("mark_agents_gone");
    case "DRAIN_AGENT":
      return onAll("drain_agents");
    case "DEACTIVATE_AGENT":
      return onAll("deactivate_agents");
    case "REACTIVATE_AGENT":
      return onAll("reactivate_agents");
    case "UPDATE_WEIGHTS":
      return onRoles("update_weights", call.update_weights?.weight_infos);
    case "UPDATE_QUOTA":
      return onRoles("update_quotas", call.update_quota?.quota_configs);
    case "SET_QUOTA":
      return onRoles("update_quotas", [call.set_quota?.quota_request ?? {}]);
    case "REMOVE_QUOTA":
      return onRoles("update_quotas", [call.remove_quota ?? {}]);
    case "UPDATE_MAINTENANCE_SCHEDULE":
      return onAll("update_maintenance_schedules");
    case "START_MAINTENANCE":
      return onAll("start_maintenances");
    case "STOP_MAINTENANCE":
      return onAll("stop_maintenances");
    case "SET_LOGGING_LEVEL":
      return onAll("set_log_level");
    case "LIST_FILES":
    case "READ_FILE":
      return onAll("access_mesos_logs");
    case "RESERVE_RESOURCES":
      return toReserve(call.reserve_resources?.resources ?? [], call.reserve_resources?.source);
    case "UNRESERVE_RESOURCES":
      return toUnreserve(call.unreserve_resources?.resources ?? []);
    case "CREATE_VOLUMES":
      return toCreateVolumes(call.create_volumes?.volumes ?? []);
    case "DESTROY_VOLUMES":
      return toDestroyVolumes(call.destroy_volumes?.volumes ?? []);
    case "GROW_VOLUME":
      return toResizeVolume(call.grow_volume?.volume);
    case "SHRINK_VOLUME":
      return toResizeVolume(call.shrink_volume?.volume);
    default:
      return [];
  }
}

/** Tearing down a framework asks about the principal that registered it. */
export function toTearDown(
  frameworkId: string,
  { frameworks }: Pick<MasterState, "frameworks">,
): readonly Permission[] {
  const framework = frameworks.get(asId<FrameworkId>(frameworkId));
  return framework === undefined
    ? []
    : [{ action: "teardown_frameworks", object: framework.info.principal ?? "" }];
}

function onAll(action: AclAction): readonly Permission[] {
  return [{ action, object: undefined }];
}

function onRoles(
  action: AclAction,
  named: readonly { readonly role?: string | undefined }[] = [],
): readonly Permission[] {
  return named.map(({ role }) => ({ action, object: role }));
}
