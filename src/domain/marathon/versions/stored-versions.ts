import { z } from "zod";
import type { MarathonAppSpec } from "../../../api/crd/v1alpha1/marathon-app/spec.ts";
import type { ChangeRecord } from "../decide/change-record.ts";
import type { SeenObject, StoredVersion } from "../decide/marathon-app-seen.ts";
import type { Manifest } from "../manifests/manifest.ts";
import { APP_LABEL } from "../manifests/names.ts";

/** Packs recorded versions: ConfigMaps have a limit of size, and compression is not for pure code. */
export interface VersionCodec {
  /** Base64 of the compressed JSON. */
  pack(value: unknown): string;
  /** @throws when the text is damaged. */
  unpack(packed: string): unknown;
}

/** ConfigMap `<app>-versions`: gzip JSON in base64 by version. */
export interface VersionsObject {
  readonly binaryData?: Readonly<Record<string, string>>;
}

const VERSIONS_MAX = 50;
const BYTES_MAX = 900_000;

/** We packed it ourselves; anything else in the ConfigMap is skipped. */
const Stored = z.object({
  record: z.looseObject({ version: z.string() }),
  spec: z.looseObject({}),
});

/** `2026-11-21T13:10:03.120Z` as a key of a ConfigMap: `20261121T131003.120Z`. */
export function versionKey(version: string): string {
  return version.replace(/[-:]/g, "");
}

export function versionsName(appName: string): string {
  return `${appName}-versions`;
}

/** Unpacks the versions of an app once per state of its ConfigMap. */
export class StoredVersions {
  readonly #codec: VersionCodec;
  readonly #read = new WeakMap<VersionsObject, readonly StoredVersion[]>();

  constructor(codec: VersionCodec) {
    this.#codec = codec;
  }

  /** Newest first; damaged entries are left out. */
  read(object: VersionsObject | undefined): readonly StoredVersion[] {
    if (!object) return [];
    const known = this.#read.get(object);
    if (known) return known;
    const versions = Object.entries(object.binaryData ?? {})
      .toSorted(([a], [b]) => (a < b ? 1 : -1))
      .flatMap(([, packed]) => this.#unpack(packed));
    this.#read.set(object, versions);
    return versions;
  }

  /** The ConfigMap with one more version; the oldest go when there are more than 50 or they take over 900 kB. */
  withVersion(
    app: Pick<SeenObject, "metadata">,
    live: VersionsObject | undefined,
    record: ChangeRecord,
    spec: MarathonAppSpec,
  ): Manifest {
    const packed = this.#codec.pack({ record, spec });
    const entries = Object.entries({
      ...live?.binaryData,
      [versionKey(record.version)]: packed,
    }).toSorted(([a], [b]) => (a < b ? 1 : -1));
    let bytes = 0;
    const kept = entries.slice(0, VERSIONS_MAX).filter(([key, text]) => {
      bytes += key.length + text.length;
      return bytes <= BYTES_MAX;
    });
    const { name, namespace, uid } = app.metadata;
    return {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: versionsName(name),
        namespace,
        labels: {
          "app.kubernetes.io/managed-by": "orchestrator",
          "app.kubernetes.io/part-of": "orchestrator",
          "orchestrator.io/owner": "marathonapp",
          [APP_LABEL]: name,
        },
        ownerReferences: [
          {
            apiVersion: "orchestrator.io/v1alpha1",
            kind: "MarathonApp",
            name,
            uid,
            controller: true,
            blockOwnerDeletion: true,
          },
        ],
      },
      binaryData: Object.fromEntries(kept),
    };
  }

  #unpack(packed: string): StoredVersion[] {
    try {
      const stored = Stored.safeParse(this.#codec.unpack(packed)).data;
      return stored ? [stored as unknown as StoredVersion] : [];
    } catch {
      return [];
    }
  }
}
