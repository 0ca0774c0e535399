/** Metadata as far as decisions read it; the raw object carries more. */
export interface CustomMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly finalizers?: readonly string[];
}

/** An object of one of our kinds. `status` is absent until the operator has seen it. */
export interface CustomObject<Spec, Status> {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: CustomMeta;
  readonly spec: Spec;
  readonly status?: Status;
}

/** Where a kind of ours lives in the API. */
export interface CustomKind {
  readonly group: "orchestrator.io";
  readonly version: "v1alpha1";
  readonly plural: string;
  readonly kind: string;
  readonly namespaced: true;
}

export function customKind(kind: string, plural: string): CustomKind {
  return { group: "orchestrator.io", version: "v1alpha1", plural, kind, namespaced: true };
}
