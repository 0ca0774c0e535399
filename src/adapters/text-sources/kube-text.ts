import type { TextSource } from "../../runtime/followed-text.ts";
import { KINDS } from "../../runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../runtime/kube/kube-object.ts";
import type { KubeReader } from "../../runtime/ports/kube-transport.ts";

interface Keyed extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

interface Where {
  readonly namespace: string;
  readonly name: string;
}

/** Keys under which credentials are looked for, before the only key there is. */
const CREDENTIAL_KEYS = ["credentials", "credentials.json"];

/** The credentials in a Secret: key `credentials` or `credentials.json`, else its only key. */
export function secretText(kube: Pick<KubeReader, "get">, where: Where): TextSource {
  const name = `Secret ${where.namespace}/${where.name}`;
  return {
    name,
    read: async (signal) => {
      const secret = await kube.get<Keyed>({ kind: KINDS.Secret, ...where }, { signal });
      if (secret === undefined) return undefined;
      const data = secret.data ?? {};
      const keys = Object.keys(data);
      const key =
        CREDENTIAL_KEYS.find((wanted) => keys.includes(wanted)) ??
        (keys.length === 1 ? keys[0] : undefined);
      if (key === undefined) throw new Error(`${name} has no key credentials`);
      return Buffer.from(data[key] ?? "", "base64").toString("utf8");
    },
  };
}

/** One key of a ConfigMap. */
export function configMapText(
  kube: Pick<KubeReader, "get">,
  where: Where & { readonly key: string },
): TextSource {
  const { key, ...ref } = where;
  const name = `ConfigMap ${where.namespace}/${where.name}`;
  return {
    name,
    read: async (signal) => {
      const map = await kube.get<Keyed>({ kind: KINDS.ConfigMap, ...ref }, { signal });
      if (map === undefined) return undefined;
      const text = map.data?.[key];
      if (text === undefined) throw new Error(`${name} has no key ${key}`);
      return text;
    },
  };
}
