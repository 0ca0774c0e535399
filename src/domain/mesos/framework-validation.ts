import type { SchedulerCallSubscribe } from "../../api/mesos/scheduler-call.ts";
import type { FrameworkInfo } from "../../api/mesos/framework-info.ts";
import { capabilitiesOf, rolesOf } from "./framework-capability.ts";
import { idFault } from "./ids.ts";
import { offerConstraintsFault } from "./offer-constraints.ts";
import { roleFault } from "./roles.ts";
import { judgedUser } from "./task-user.ts";

/** Largest duration Mesos can hold, in seconds (int64 nanoseconds). */
const DURATION_SECONDS_MAX = 9_223_372_036;

export interface SubscribeRules {
  /** Roles the cluster admits; empty = all. */
  readonly rolesAllowed: readonly string[];
  readonly rootSubmissions: boolean;
}

/**
 * The text of the ERROR event that answers a SUBSCRIBE, or undefined when the framework may come in. The first fault wins.
 * @see mesos@1.11 src/master/validation.cpp `framework::validate`
 */
export function subscribeFault(
  call: SchedulerCallSubscribe,
  rules: SubscribeRules,
): string | undefined {
  return (
    frameworkInfoFault(call.framework_info, rules) ??
    suppressedFault(call) ??
    constraintsFault(call)
  );
}

/** What is wrong with a FrameworkInfo by itself. */
export function frameworkInfoFault(info: FrameworkInfo, rules: SubscribeRules): string | undefined {
  return (
    rolesFault(info) ??
    frameworkIdFault(info) ??
    failoverTimeoutFault(info) ??
    whitelistFault(info, rules) ??
    rootFault(info, rules)
  );
}

function rolesFault(info: FrameworkInfo): string | undefined {
  const multiRole = capabilitiesOf(info).has("MULTI_ROLE");
  if (multiRole && info.role !== undefined) {
    return "'FrameworkInfo.role' must not be set when the framework is MULTI_ROLE capable";
  }
  const roles = info.roles ?? [];
  if (!multiRole && roles.length > 0) {
    return "'FrameworkInfo.roles' must not be set when the framework is not MULTI_ROLE capable";
  }
  if (multiRole) {
    const duplicates = [...new Set(roles.filter((role, i) => roles.indexOf(role) !== i))];
    if (duplicates.length > 0) {
      return `'FrameworkInfo.roles' contains duplicate items: ${roles.join(", ")}`;
    }
    for (const role of roles) {
      const fault = roleFault(role);
      if (fault !== undefined) return `'FrameworkInfo.roles' contains invalid role: ${fault}`;
    }
    return undefined;
  }
  const fault = roleFault(info.role ?? "*");
  return fault === undefined ? undefined : `'FrameworkInfo.role' is not a valid role: ${fault}`;
}

function frameworkIdFault(info: FrameworkInfo): string | undefined {
  const id = info.id?.value ?? "";
  const fault = id === "" ? undefined : idFault(id);
  return fault === undefined ? undefined : `'FrameworkInfo.id' is invalid: ${fault}`;
}

function failoverTimeoutFault(info: FrameworkInfo): string | undefined {
  const seconds = info.failover_timeout ?? 0;
  return seconds >= 0 && seconds <= DURATION_SECONDS_MAX
    ? undefined
    : `The framework failover_timeout (${seconds}) is invalid`;
}

function suppressedFault(call: SchedulerCallSubscribe): string | undefined {
  const roles = new Set(rolesOf(call.framework_info));
  const stray = (call.suppressed_roles ?? []).filter((role) => !roles.has(role));
  return stray.length === 0
    ? undefined
    : `Suppressed roles { ${stray.join(", ")} } are not contained in the set of roles`;
}

function whitelistFault(info: FrameworkInfo, rules: SubscribeRules): string | undefined {
  if (rules.rolesAllowed.length === 0) return undefined;
  const stray = rolesOf(info).filter((role) => role !== "*" && !rules.rolesAllowed.includes(role));
  return stray.length === 0
    ? undefined
    : `Roles { ${stray.join(", ")} } are not present in the master's --roles`;
}

function rootFault(info: FrameworkInfo, rules: SubscribeRules): string | undefined {
  return judgedUser(info.user) === "root" && !rules.rootSubmissions
    ? "User 'root' is not allowed to run frameworks without --root_submissions set"
    : undefined;
}

function constraintsFault(call: SchedulerCallSubscribe): string | undefined {
  if (call.offer_constraints === undefined) return undefined;
  const fault = offerConstraintsFault(call.offer_constraints, rolesOf(call.framework_info));
  return fault === undefined ? undefined : `Offer constraints are not valid: ${fault}`;
}

/**
 * What a SUBSCRIBE of a known framework changes: the new info with `user` and `checkpoint` of the old (they stay,
 * silently), or the ERROR text when it asks for what must not change.
 */
export function mergeFrameworkInfo(
  old: FrameworkInfo,
  offered: FrameworkInfo,
): { readonly info: FrameworkInfo } | { readonly error: string } {
  if (offered.principal !== old.principal) {
    return { error: "Changing framework's principal is not allowed." };
  }
  const { checkpoint: _dropped, ...rest } = offered;
  return {
    info: {
      ...rest,
      user: old.user,
      ...(old.checkpoint === undefined ? {} : { checkpoint: old.checkpoint }),
      ...(old.id === undefined ? {} : { id: old.id }),
    },
  };
}
