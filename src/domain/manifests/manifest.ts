/** JSON as it goes to the API server. */
export type ManifestValue =
  string | number | boolean | null | readonly ManifestValue[] | ManifestObject;
export interface ManifestObject {
  readonly [field: string]: ManifestValue | undefined;
}

export interface ManifestOwner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller: true;
  readonly blockOwnerDeletion: true;
}

export interface ManifestMeta {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly ManifestOwner[];
}

/** Exactly the fields of a child that we decide; nothing that the API server defaults. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ManifestMeta;
  readonly [field: string]: ManifestValue | ManifestMeta | undefined;
}
