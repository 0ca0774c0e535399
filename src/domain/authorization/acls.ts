import type { AclAction } from "./acl-actions.ts";

/** One side of an entry: whom, or what, it is about. */
export type AclEntity =
  | { readonly type: "ANY" }
  | { readonly type: "NONE" }
  | { readonly type: "SOME"; readonly values: readonly string[] };

export interface AclEntry {
  readonly principals: AclEntity;
  readonly objects: AclEntity;
}

/** Who may do what. Frozen; JSON-plain, so that two sets can be compared as text. */
export interface Acls {
  /** What holds where no entry matches. */
  readonly permissive: boolean;
  /** In the order of the file: the first entry that matches decides. */
  readonly entries: Readonly<Partial<Record<AclAction, readonly AclEntry[]>>>;
}

/** While ACLs that were asked for cannot be read: nobody may do anything. */
export const NOTHING_ALLOWED: Acls = Object.freeze({ permissive: false, entries: {} });
