import { invariant } from "../../api/invariant.ts";
import { normalizeResources } from "./arithmetic.ts";
import { parseMilli } from "./quantity.ts";
import { parseRanges } from "./ranges.ts";
import type { Disk, MesosResource, Reservation, Resources } from "./resource.ts";

export type ParsedResources =
  | { readonly ok: true; readonly resources: Resources }
  | { readonly ok: false; readonly item: string; readonly reason: string };

const ITEM =
  /^(?<name>[^()[\]<>{}:\s]+)(?:\((?<roles>[^)]*)\))?(?:\[(?<disk>[^\]]*)\])?(?<shared><SHARED>)?(?<revocable>\{REV\})?\s*:\s*(?<value>.+)$/s;

/**
 * Resources of a text: items `name[(role)][[disk]][<SHARED>][{REV}]:value` joined by `;`.
 *
 * `(*)` = unreserved, `(a|a/b)` = a refined stack whose last level owns. `[v1]` or `[v1:/path]` = a
 * persistent volume, `[MOUNT:/d]`, `[PATH:/d]`, `[BLOCK:id]`, `[RAW:id]` = a disk source, both joined
 * by a comma. Values: a decimal of at most three places after rounding, `[a-b,c-d]` or `{x,y}`.
 * The first reservation of a stack is STATIC, further ones are DYNAMIC. Equal items add up.
 *
 * @see mesos@1.11 src/common/resources.cpp `Resources::parse`, `operator<<`
 */
export function parseResources(text: string): ParsedResources {
  const parsed: MesosResource[] = [];
  for (const raw of splitItems(text)) {
    const item = raw.trim();
    if (item === "") continue;
    const resource = parseItem(item);
    if (typeof resource === "string") return { ok: false, item, reason: resource };
    parsed.push(resource);
  }
  return { ok: true, resources: normalizeResources(parsed) };
}

/**
 * Like {@link parseResources} for text that we wrote ourselves: tests, defaults, constants.
 *
 * @throws {InvariantError} when the text is wrong.
 */
export function resourcesOf(text: string): Resources {
  const parsed = parseResources(text);
  invariant(parsed.ok, `resource text is well formed: ${text}`);
  return parsed.resources;
}

/** At `;` outside of brackets. */
function splitItems(text: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let begin = 0;
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i];
    if (c === "[" || c === "{" || c === "(") depth += 1;
    else if (c === "]" || c === "}" || c === ")") depth -= 1;
    else if (c === ";" && depth === 0) {
      items.push(text.slice(begin, i));
      begin = i + 1;
    }
  }
  items.push(text.slice(begin));
  return items;
}

function parseItem(item: string): MesosResource | string {
  const groups = ITEM.exec(item)?.groups;
  if (groups === undefined) return "expected name(role):value";
  const disk = groups["disk"] === undefined ? undefined : parseDisk(groups["disk"]);
  const common = {
    name: groups["name"] as string,
    reservations: parseReservations(groups["roles"]),
    ...(disk === undefined ? {} : { disk }),
    ...(groups["shared"] === undefined ? {} : { shared: true as const }),
    ...(groups["revocable"] === undefined ? {} : { revocable: true as const }),
  };
  const value = (groups["value"] as string).trim();
  if (value.startsWith("[")) {
    const ranges = parseRanges(value);
    return ranges === undefined
      ? "expected ranges like [1-5,8-9]"
      : { ...common, kind: "ranges", ranges };
  }
  if (value.startsWith("{")) {
    const inner = /^\{(.*)\}$/s.exec(value)?.[1];
    if (inner === undefined) return "expected a set like {a,b}";
    const items = inner
      .split(",")
      .map((part) => part.trim())
      .filter((part) => part !== "");
    return { ...common, kind: "set", items: [...new Set(items)].sort() };
  }
  const milli = parseMilli(value);
  if (milli === undefined) return "expected a number, [ranges] or {set}";
  return milli < 0 ? "expected a number ≥ 0" : { ...common, kind: "scalar", milli };
}

function parseReservations(roles: string | undefined): Reservation[] {
  if (roles === undefined || roles === "*" || roles === "") return [];
  return roles
    .split("|")
    .map((role, level) => ({ role: role.trim(), type: level === 0 ? "STATIC" : "DYNAMIC" }));
}

function parseDisk(text: string): Disk {
  const disk: { -readonly [K in keyof Disk]: Disk[K] } = {};
  for (const part of text.split(",")) {
    const source = /^(PATH|MOUNT|BLOCK|RAW)(?::(.*))?$/.exec(part);
    if (source === null) {
      const [id = part, path] = part.split(":", 2);
      disk.persistence = { id };
      if (path !== undefined) disk.volume = { containerPath: path, mode: "RW" };
    } else {
      const type = source[1] as "PATH" | "MOUNT" | "BLOCK" | "RAW";
      const at = source[2];
      const isPath = type === "PATH" || type === "MOUNT";
      disk.source = { type, ...(at === undefined ? {} : isPath ? { root: at } : { id: at }) };
    }
  }
  return disk;
}
