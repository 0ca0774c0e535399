import { gzipCodec } from "../../../src/adapters/version-codec/gzip-codec.ts";
import { APPLIED_HASH } from "../../../src/runtime/apply/decide-apply.ts";
import type { KubeKind } from "../../../src/runtime/kube/kube-kind.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import type { FakeKube } from "./fake-kube.ts";

interface Whole extends KubeObject {
  readonly binaryData?: Readonly<Record<string, string>>;
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** With milliseconds: a version, which is a name as much as a time. */
const VERSION = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;
const TIME = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g;
/** Follows from the template, whose annotation is a version. */
const TEMPLATE_HASH = /"templateHash":"[0-9a-f]+"/g;

/**
 * Every object of these kinds by `Kind/name`, without what two runs of the same story may differ in: times, identities and
 * resourceVersions. Generations stay: a change more than needed shows. Versions are numbered in their order.
 */
export function pictureOf(
  kube: FakeKube,
  kinds: readonly KubeKind[],
): Readonly<Record<string, unknown>> {
  const objects = kinds.flatMap((kind) => kube.peek<Whole>(kind).map(essential));
  const names = new Map<string, string>();
  for (const { kind, metadata } of objects) {
    names.set(metadata.uid ?? "", `<${kind ?? ""}/${metadata.name}>`);
  }
  const versions = [...new Set(JSON.stringify(objects).match(VERSION))].sort();
  const plain = (text: string): string =>
    text
      .replaceAll(UUID, (uid) => names.get(uid) ?? "<uuid>")
      .replaceAll(VERSION, (version) => `<version ${versions.indexOf(version) + 1}>`)
      .replaceAll(TIME, "<time>")
      .replaceAll(TEMPLATE_HASH, '"templateHash":"<hash>"');
  return Object.fromEntries(
    objects.map((object) => [
      `${object.kind ?? ""}/${object.metadata.name}`,
      mapTexts(withoutIdentity(object), plain),
    ]),
  );
}

/** Recorded versions are unpacked, in their order; hashes of what is in the picture anyway are left out. */
function essential(object: Whole): Whole {
  const { [APPLIED_HASH]: _hash, ...annotations } = object.metadata.annotations ?? {};
  const { binaryData, ...rest } = object;
  const metadata = { ...rest.metadata, annotations };
  if (binaryData === undefined) return { ...rest, metadata };
  const unpacked = Object.keys(binaryData)
    .sort()
    .map((key) => gzipCodec.unpack(binaryData[key]!));
  return { ...rest, metadata, versions: unpacked } as Whole;
}

function withoutIdentity(object: Whole): object {
  const { uid: _uid, resourceVersion: _version, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function mapTexts(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === "string") return map(value);
  if (Array.isArray(value)) return value.map((item) => mapTexts(item, map));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, mapTexts(inner, map)]),
  );
}
