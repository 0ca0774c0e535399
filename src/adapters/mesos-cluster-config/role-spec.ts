import type { MesosCluster } from "../../api/crd/v1alpha1/mesos-cluster/mesos-cluster.ts";
import { otherManagerOf } from "../../runtime/apply/owned-part.ts";
import type { JsonObject, KubeObject } from "../../runtime/kube/kube-object.ts";
import type { ConfigWriteOutcome, RoleWrite } from "../../services/offer-engine/ports.ts";
import { decimalOf } from "./spec-config.ts";

/** Why a value cannot be kept in a MesosCluster, whose decimals have three places; undefined when all can. */
export function inexactRole(writes: readonly RoleWrite[]): string | undefined {
  const found = writes.find(
    ({ weight }) => weight !== undefined && Math.round(weight * 1000) / 1000 !== weight,
  );
  return found === undefined
    ? undefined
    : `role '${found.role}': a weight has at most three decimal places, ${found.weight} has more`;
}

interface OwnedRole extends JsonObject {
  readonly name: string;
}

/** The spec we own with the roles as they are to be; a role of which nothing is left is left out. */
export function rolesWith(owned: JsonObject, writes: readonly RoleWrite[]): JsonObject {
  const roles = new Map(
    ((owned["roles"] ?? []) as readonly OwnedRole[]).map((role) => [role.name, role]),
  );
  for (const { role: name, weight, quota } of writes) {
    const { quota: before, ...rest } = roles.get(name) ?? { name };
    const after = quota === undefined ? before : quota === "none" ? undefined : quotaSpec(quota);
    roles.set(name, {
      ...rest,
      ...(weight === undefined ? {} : { weight: decimalOf(Math.round(weight * 1000)) }),
      ...(after === undefined ? {} : { quota: after }),
    });
  }
  const left = [...roles.values()].filter((role) => Object.keys(role).length > 1);
  const { roles: _before, ...others } = owned;
  return left.length === 0 ? others : { ...others, roles: left };
}

/** Maps without entries are left out: to own an empty one is to own whatever others put there. */
function quotaSpec(quota: Exclude<RoleWrite["quota"], "none" | undefined>): JsonObject {
  const { guaranteesMilli, limitsMilli } = quota;
  return {
    ...(Object.keys(guaranteesMilli).length === 0 ? {} : { guarantees: textOf(guaranteesMilli) }),
    ...(Object.keys(limitsMilli).length === 0 ? {} : { limits: textOf(limitsMilli) }),
  };
}

function textOf(amounts: Readonly<Record<string, number>>): JsonObject {
  const entries = Object.entries(amounts);
  return Object.fromEntries(entries.map(([name, milli]) => [name, decimalOf(milli)]));
}

/** Amounts that somebody else put into a quota outlive our apply: who that is, when a role has not what was asked for. */
export function strangerToRoles(
  stored: MesosCluster & KubeObject,
  writes: readonly RoleWrite[],
  manager: string,
): Extract<ConfigWriteOutcome, { kind: "managedElsewhere" }> | undefined {
  for (const { role, quota } of writes) {
    if (quota === undefined) continue;
    const roles = stored.spec.roles as MesosCluster["spec"]["roles"] | undefined;
    const live = roles?.find(({ name }) => name === role)?.quota;
    const wanted = quota === "none" ? {} : quotaSpec(quota);
    const isAsked =
      isSame(live?.guarantees, wanted["guarantees"]) && isSame(live?.limits, wanted["limits"]);
    if (isAsked) continue;
    const steps = ["f:roles", `k:${JSON.stringify({ name: role })}`, "f:quota"];
    const other = otherManagerOf(stored, steps, manager) ?? "another manager";
    return { kind: "managedElsewhere", subject: `role '${role}'`, field: "quota", manager: other };
  }
  return undefined;
}

function isSame(live: unknown, wanted: unknown): boolean {
  const a = (live ?? {}) as Readonly<Record<string, string>>;
  const b = (wanted ?? {}) as Readonly<Record<string, string>>;
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => Number(a[name]) === Number(b[name]));
}
