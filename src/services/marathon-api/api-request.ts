import type { HttpRequest } from "../../runtime/ports/http-exchange.ts";

/** A request as handlers read it. */
export interface ApiRequest {
  readonly method: string;
  /** Decoded segments without base path, empty ones and a trailing slash. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  readonly body: string;
  /** The client asked for plain text and not for JSON. */
  readonly wantsText: boolean;
}

const BASE_PATHS = ["/service/marathon", "/marathon"];

function withoutBase(path: string, basePath: string | undefined): string {
  const bases = basePath === undefined ? BASE_PATHS : [basePath, ...BASE_PATHS];
  const base = bases.find((each) => path === each || path.startsWith(`${each}/`));
  return base === undefined ? path : path.slice(base.length);
}

/** Double slashes collapse, a trailing slash means nothing, `%2F` in an id separates as a slash does. */
export function readRequest(request: HttpRequest, basePath?: string): ApiRequest | undefined {
  let path: string;
  try {
    path = decodeURIComponent(withoutBase(request.path.replace(/\/{2,}/g, "/"), basePath));
  } catch {
    return undefined;
  }
  const accept = request.headers["accept"] ?? "";
  return {
    method: request.method,
    segments: path.split("/").filter((segment) => segment !== ""),
    query: new URLSearchParams(request.query),
    body: new TextDecoder().decode(request.body),
    wantsText: accept.includes("text/plain") && !accept.includes("json"),
  };
}

/** A boolean of the query in any case (`True`); a bare key means true. */
export function flag(request: ApiRequest, name: string, fallback = false): boolean {
  const value = request.query.get(name);
  return value === null ? fallback : value === "" || value.toLowerCase() === "true";
}

/** All values of a key, `key[]` included. */
export function values(request: ApiRequest, name: string): string[] {
  return [...request.query.getAll(name), ...request.query.getAll(`${name}[]`)];
}
