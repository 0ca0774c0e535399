import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { KubeKind } from "../../../src/runtime/kube/kube-kind.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import type { KubeTransport } from "../../../src/runtime/ports/kube-transport.ts";

const CONFIG = join(import.meta.dirname, "../../../config");

/** The objects of one folder of `config/`, as they are committed. */
export function configObjects(folder: string): readonly KubeObject[] {
  return readdirSync(join(CONFIG, folder))
    .filter((file) => file.endsWith(".yaml") && file !== "kustomization.yaml")
    .flatMap((file) => parseAllDocuments(readFileSync(join(CONFIG, folder, file), "utf8")))
    .map((document) => document.toJS() as KubeObject);
}

function kindOf(object: KubeObject): KubeKind {
  const kind = Object.values(KINDS).find((known) => known.kind === object.kind);
  if (kind === undefined) throw new Error(`no kind ${object.kind ?? "?"}`);
  return kind;
}

/** Applies the cluster-wide objects of one folder of `config/`. */
export async function installConfig(
  kube: KubeTransport,
  folder: string,
  signal: AbortSignal,
): Promise<void> {
  for (const object of configObjects(folder)) {
    if (kindOf(object).namespaced) continue;
    await kube.apply(kindOf(object), object, { signal });
  }
}
