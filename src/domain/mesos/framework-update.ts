import type { FrameworkInfo } from "../../api/mesos/framework-info.ts";
import type { SchedulerCall } from "../../api/mesos/scheduler-call.ts";
import { rolesOf } from "./framework-capability.ts";
import { frameworkInfoFault, type SubscribeRules } from "./framework-validation.ts";
import { offerConstraintsFault } from "./offer-constraints.ts";

export type FrameworkUpdate = NonNullable<SchedulerCall["update_framework"]>;

/**
 * Why an UPDATE_FRAMEWORK is refused as a whole (answered 400), or undefined when all of it may take effect.
 * @see mesos@1.11 src/master/http.cpp `updateFramework`, validation.cpp `framework::validateUpdate`
 */
export function updateFault(
  old: FrameworkInfo,
  update: FrameworkUpdate,
  rules: SubscribeRules,
): string | undefined {
  const info = update.framework_info;
  const supplied = frameworkInfoFault(info, rules);
  if (supplied !== undefined) return `Supplied FrameworkInfo is not valid: ${supplied}`;
  const changed = changeFault(old, info);
  if (changed !== undefined) return `FrameworkInfo update is not valid: ${changed}`;
  const call = callFault(update);
  return call === undefined ? undefined : `'UpdateFramework' call is not valid: ${call}`;
}

function changeFault(old: FrameworkInfo, info: FrameworkInfo): string | undefined {
  if (info.principal !== old.principal) return "Changing framework's principal is not allowed.";
  if (info.user !== old.user) {
    return `Updating 'FrameworkInfo.user' is unsupported; attempted to update from '${old.user}' to '${info.user}'`;
  }
  const [before, after] = [old.checkpoint ?? false, info.checkpoint ?? false];
  if (before !== after) {
    return `Updating 'FrameworkInfo.checkpoint' is unsupported; attempted to update from '${before}' to '${after}'`;
  }
  return undefined;
}

function callFault(update: FrameworkUpdate): string | undefined {
  const roles = rolesOf(update.framework_info);
  const stray = (update.suppressed_roles ?? []).filter((role) => !roles.includes(role));
  if (stray.length > 0) {
    return `Suppressed roles { ${stray.join(", ")} } are not contained in the set of roles`;
  }
  const { offer_constraints } = update;
  const fault =
    offer_constraints === undefined ? undefined : offerConstraintsFault(offer_constraints, roles);
  return fault === undefined ? undefined : `Offer constraints are not valid: ${fault}`;
}
