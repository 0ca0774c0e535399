import { OperatingError } from "../../../src/api/errors/operating-error.ts";
import type { JsonPatchOperation } from "../../../src/runtime/ports/kube-transport.ts";

type Container = Record<string, unknown> | unknown[];

/** RFC 6902 on a copy of `document`; a failing operation is KUBE_INVALID, as the API server answers. */
export function applyJsonPatch<T>(document: T, operations: readonly JsonPatchOperation[]): T {
  const root = { document: structuredClone(document) as unknown };
  for (const operation of operations) applyOne(root, operation);
  return root.document as T;
}

function applyOne(root: { document: unknown }, operation: JsonPatchOperation): void {
  const { op, path, from, value } = operation;
  switch (op) {
    case "add":
      put(root, path, structuredClone(value), true);
      return;
    case "replace":
      read(root, path);
      put(root, path, structuredClone(value), false);
      return;
    case "remove":
      remove(root, path);
      return;
    case "test":
      if (JSON.stringify(read(root, path)) !== JSON.stringify(value)) throw refused(operation);
      return;
    case "copy":
      put(root, path, structuredClone(read(root, from ?? "")), true);
      return;
    case "move": {
      const moved = read(root, from ?? "");
      remove(root, from ?? "");
      put(root, path, moved, true);
    }
  }
}

function tokens(path: string): string[] {
  return path
    .split("/")
    .slice(1)
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function parentOf(root: { document: unknown }, path: string): readonly [Container, string] {
  let at = root as unknown as Container;
  let last = "document";
  for (const token of tokens(path)) {
    at = child(at, last, path) as Container;
    if (typeof at !== "object") throw refused({ path });
    last = token;
  }
  return [at, last];
}

function child(at: Container, token: string, path: string): unknown {
  const value = (at as Record<string, unknown>)[token];
  if (value === undefined || value === null) throw refused({ path });
  return value;
}

function read(root: { document: unknown }, path: string): unknown {
  const [at, token] = parentOf(root, path);
  const value = (at as Record<string, unknown>)[token];
  if (value === undefined) throw refused({ path });
  return value;
}

function put(root: { document: unknown }, path: string, value: unknown, insert: boolean): void {
  const [at, token] = parentOf(root, path);
  if (!Array.isArray(at)) at[token] = value;
  else if (token === "-") at.push(value);
  else if (insert) at.splice(Number(token), 0, value);
  else at[Number(token)] = value;
}

function remove(root: { document: unknown }, path: string): void {
  read(root, path);
  const [at, token] = parentOf(root, path);
  if (Array.isArray(at)) at.splice(Number(token), 1);
  // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a JSON object, addressed by the patch
  else delete at[token];
}

function refused(operation: { readonly path: string }): OperatingError {
  return new OperatingError("KUBE_INVALID", `the server rejected the patch at ${operation.path}`);
}
