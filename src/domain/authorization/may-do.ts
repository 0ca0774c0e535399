import { ACL_ACTIONS, type AclAction } from "./acl-actions.ts";
import type { AclEntity, Acls } from "./acls.ts";

/** An action and what it is done to; undefined: to all there is. */
export interface Permission {
  readonly action: AclAction;
  readonly object: string | undefined;
}

/**
 * Whether the principal may do it: the first entry whose principals and objects both match decides.
 * @param acls undefined: nobody is kept from anything.
 * @param principal undefined: nobody said who asks; entries that list principals do not match then.
 * @see mesos@1.11 src/authorizer/local/authorizer.cpp
 */
export function mayDo(
  acls: Acls | undefined,
  principal: string | undefined,
  action: AclAction,
  object?: string,
): boolean {
  if (acls === undefined) return true;
  const isRole = ACL_ACTIONS[action] === "roles";
  for (const { principals, objects } of acls.entries[action] ?? []) {
    if (!matches(principals, principal, false) || !matches(objects, object, isRole)) continue;
    return principals.type !== "NONE" && allowsObject(objects, object);
  }
  return acls.permissive;
}

function matches(entity: AclEntity, asked: string | undefined, isRole: boolean): boolean {
  if (entity.type !== "SOME") return true;
  if (asked === undefined) return false;
  return entity.values.some((value) => value === asked || (isRole && isBelow(asked, value)));
}

function allowsObject(entity: AclEntity, asked: string | undefined): boolean {
  return entity.type === "ANY" || (entity.type === "SOME" && asked !== undefined);
}

/** `eng/%` stands for every role below `eng`, not for `eng` itself. */
function isBelow(role: string, pattern: string): boolean {
  return pattern.endsWith("/%") && role.startsWith(pattern.slice(0, -1));
}

/** The first permission the principal lacks. */
export function firstLacking(
  acls: Acls | undefined,
  principal: string | undefined,
  permissions: readonly Permission[],
): Permission | undefined {
  return permissions.find(({ action, object }) => !mayDo(acls, principal, action, object));
}
