import type { MasterCall } from "../../../api/mesos/operator-call.ts";

/** What a request changes, for the audit log. */
export interface Change {
  readonly verb: string;
  readonly resource: string;
}

/** Reads, and the stream of events. */
const QUESTIONS = /^(GET_|LIST_FILES$|READ_FILE$|SUBSCRIBE$)/;

/** What a call of an operator changes, as the audit log says it; undefined for questions. */
export function changeOfCall(call: MasterCall): Change | undefined {
  const { type } = call;
  if (type === undefined || QUESTIONS.test(type)) return undefined;
  return { verb: type, resource: resourceOf(call) };
}

function resourceOf(call: MasterCall): string {
  const agentId = (
    call.mark_agent_gone ??
    call.drain_agent ??
    call.deactivate_agent ??
    call.reactivate_agent ??
    call.reserve_resources ??
    call.unreserve_resources ??
    call.create_volumes ??
    call.destroy_volumes ??
    call.grow_volume ??
    call.shrink_volume
  )?.agent_id?.value;
  if (agentId !== undefined) return `agents/${agentId}`;
  if (call.teardown !== undefined) return `frameworks/${call.teardown.framework_id.value}`;
  const roles = rolesOf(call);
  if (roles.length > 0) return `roles/${roles.join(",")}`;
  const machines = (call.start_maintenance ?? call.stop_maintenance)?.machines;
  if (machines !== undefined) {
    return `machines/${machines.map(({ hostname, ip }) => hostname ?? ip ?? "").join(",")}`;
  }
  return call.update_maintenance_schedule === undefined ? "master" : "maintenance/schedule";
}

function rolesOf(call: MasterCall): readonly string[] {
  return [
    ...(call.update_weights?.weight_infos ?? []),
    ...(call.update_quota?.quota_configs ?? []),
    ...(call.set_quota === undefined ? [] : [call.set_quota.quota_request]),
    ...(call.remove_quota === undefined ? [] : [call.remove_quota]),
  ].map(({ role }) => role ?? "");
}
