import { invariant } from "../../api/invariant.ts";
import type { KubeKind, KubeRef } from "../../runtime/kube/kube-kind.ts";

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** `/api/v1/namespaces/ns/pods`, `/apis/apps/v1/deployments`: where a kind's objects are listed and created. */
export function collectionPath(kind: KubeKind, namespace: string | undefined): string {
  const root = kind.group === "" ? `/api/${kind.version}` : `/apis/${kind.group}/${kind.version}`;
  if (!kind.namespaced || namespace === undefined) return `${root}/${kind.plural}`;
  return `${root}/namespaces/${encodeURIComponent(namespace)}/${kind.plural}`;
}

export function objectPath(ref: KubeRef, subresource?: string): string {
  const { kind, namespace, name } = ref;
  invariant(name !== "", `a ${kind.kind} is addressed by its name`);
  invariant(
    kind.namespaced === (namespace !== undefined && namespace !== ""),
    `${kind.kind} ${name} is addressed ${kind.namespaced ? "in" : "without"} a namespace`,
  );
  const path = `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`;
  return subresource === undefined ? path : `${path}/${subresource}`;
}

/** The path with its query; parameters that are undefined are left out. */
export function withQuery(path: string, query: Query): string {
  let text = "";
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined)
      text += `${text === "" ? "?" : "&"}${name}=${encodeURIComponent(value)}`;
  }
  return path + text;
}
