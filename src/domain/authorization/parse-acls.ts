import { ACL_ACTIONS, type AclAction, isAclAction, UNNAMED_OBJECTS } from "./acl-actions.ts";
import type { AclEntity, AclEntry, Acls } from "./acls.ts";

export type ParsedAcls =
  | { readonly ok: true; readonly acls: Acls }
  /** `path` leads to what is wrong, e.g. `run_tasks[1].users`; "" = the whole. */
  | { readonly ok: false; readonly path: string; readonly message: string };

class Fault extends Error {
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * ACLs in the JSON form of Mesos. Stricter than Mesos in one way: a name that nobody knows is refused, since a misspelled
 * action would leave the right one open.
 */
export function parseAcls(raw: unknown): ParsedAcls {
  try {
    const { permissive = true, ...actions } = fieldsOf(raw, "");
    if (typeof permissive !== "boolean") throw new Fault("permissive", "must be true or false");
    const entries: Partial<Record<AclAction, readonly AclEntry[]>> = {};
    for (const [action, list] of Object.entries(actions)) {
      if (!isAclAction(action)) throw new Fault(action, "unknown action");
      if (!Array.isArray(list)) throw new Fault(action, "must be a list of entries");
      entries[action] = list.map((item, i) => readEntry(item, action, `${action}[${i}]`));
    }
    return { ok: true, acls: Object.freeze({ permissive, entries }) };
  } catch (fault) {
    if (fault instanceof Fault) return { ok: false, path: fault.path, message: fault.message };
    throw fault;
  }
}

/** The same from text. */
export function parseAclsText(text: string): ParsedAcls {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return { ok: false, path: "", message: "is not JSON" };
  }
  return parseAcls(raw);
}

function fieldsOf(value: unknown, path: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Fault(path, "must be an object");
  }
  return value as Fields;
}

function readEntry(raw: unknown, action: AclAction, path: string): AclEntry {
  const object = ACL_ACTIONS[action];
  const fields = fieldsOf(raw, path);
  for (const name of Object.keys(fields)) {
    if (name !== "principals" && name !== object) {
      throw new Fault(`${path}.${name}`, `unknown field; ${action} has principals and ${object}`);
    }
  }
  const objects = readEntity(fields[object], `${path}.${object}`);
  if (objects.type === "SOME" && UNNAMED_OBJECTS.has(object)) {
    throw new Fault(`${path}.${object}`, "type must be either NONE or ANY");
  }
  return { principals: readEntity(fields["principals"], `${path}.principals`), objects };
}

function readEntity(raw: unknown, path: string): AclEntity {
  if (raw === undefined) throw new Fault(path, "is missing");
  const { type = "SOME", values, ...others } = fieldsOf(raw, path);
  const [stranger] = Object.keys(others);
  if (stranger !== undefined) throw new Fault(`${path}.${stranger}`, "unknown field");
  if (type === "ANY" || type === "NONE") return { type };
  if (type !== "SOME") throw new Fault(`${path}.type`, "must be ANY, NONE or SOME");
  if (!isTextList(values) || values.length === 0) {
    throw new Fault(`${path}.values`, "must be a list of at least one text");
  }
  return { type, values };
}

function isTextList(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
