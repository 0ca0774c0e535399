import { sha1Hex } from "./sha1.ts";

/** The absolute path: relative ones under `base`, `.` and `..` resolved, empty segments removed. The root is `/`. */
export function resolvePath(path: string, base = "/"): string {
  const resolved: string[] = [];
  const segments = (path.startsWith("/") ? path : `${base}/${path}`).split("/");
  for (const segment of segments) {
    if (segment === "" || segment === ".") continue;
    if (segment === "..") resolved.pop();
    else resolved.push(segment);
  }
  return `/${resolved.join("/")}`;
}

/** Segments of an absolute path, `/` has none. */
export function pathSegments(path: string): string[] {
  return path.split("/").filter((segment) => segment !== "");
}

/** True for the path itself and everything below it. */
export function isWithin(path: string, group: string): boolean {
  return group === "/" || path === group || path.startsWith(`${group}/`);
}

/** The group right above, `/` for a top-level app. */
export function parentPath(path: string): string {
  return `/${pathSegments(path).slice(0, -1).join("/")}`;
}

const NAME_MAX = 52;
const SHORT_MAX = 45;

/**
 * Name of the MarathonApp that the API creates for an app: segments joined by `-`, dots replaced, `m-` before a digit. A
 * name that is too long, or `taken` by another id, is cut and gets six hex digits of the id's SHA-1.
 */
export function kubeName(appId: string, taken: boolean): string {
  const joined = pathSegments(appId).join("-").replaceAll(".", "-");
  const name = /^\d/.test(joined) ? `m-${joined}` : joined;
  if (name.length <= NAME_MAX && !taken) return name;
  return `${name.slice(0, SHORT_MAX).replace(/-+$/, "")}-${sha1Hex(appId).slice(0, 6)}`;
}

const DNS_LABEL_MAX = 63;

/** Mesos-DNS's name of an app: segments reversed and joined by `-`, cut to one label, below the framework's domain. */
export function dnsName(appId: string, domain = "marathon.mesos"): string {
  const label = pathSegments(appId)
    .reverse()
    .join("-")
    .replaceAll(".", "-")
    .slice(0, DNS_LABEL_MAX)
    .replace(/-+$/, "");
  return `${label}.${domain}`;
}

/** What task ids start with: the path with `_` between segments. */
export function safePath(appId: string): string {
  return pathSegments(appId).join("_");
}
