import type { MesosClusterSpec } from "../../api/crd/v1alpha1/mesos-cluster/spec.ts";
import type { TextSource } from "../../runtime/followed-text.ts";

/** As much of a MesosCluster as says who may talk to its masters. */
export interface SecuritySettings {
  readonly security: MesosClusterSpec["security"];
  /** Mesos' flags by their names. */
  readonly flags: Readonly<Record<string, string>>;
}

export interface SettingsSource {
  current(): SecuritySettings;
  /** Calls `changed` after each change; the result ends that. */
  subscribe(changed: () => void): () => void;
}

/** What the settings refer to, in the cluster's namespace. */
export interface ReferredTexts {
  credentials(secretName: string): TextSource;
  acls(ref: { readonly name: string; readonly key: string }): TextSource;
}
