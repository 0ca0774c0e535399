import type { MarathonAppSpec } from "../../api/crd/v1alpha1/marathon-app/spec.ts";
import type { ChangeRecord } from "../../domain/marathon/decide/change-record.ts";
import type { SeenObject } from "../../domain/marathon/decide/marathon-app-seen.ts";

/** Changes of MarathonApps and their Pods. Every method throws {@link OperatingError} with a KUBE_ code. */
export interface AppStore {
  /** @throws KUBE_ALREADY_EXISTS when the name is taken. */
  create(
    target: { readonly namespace: string; readonly name: string },
    spec: MarathonAppSpec,
    change: ChangeRecord,
  ): Promise<void>;
  /** @throws KUBE_CONFLICT when the object has changed since it was read. */
  update(object: SeenObject, spec: MarathonAppSpec, change: ChangeRecord): Promise<void>;
  /** False when it was gone already. */
  remove(object: SeenObject): Promise<boolean>;
  /** Ends an instance; its Rollout replaces it. */
  kill(pod: { readonly namespace: string; readonly name: string }): Promise<void>;
  /** Makes the instance the first to go when its Rollout is scaled down. */
  markVictim(pod: { readonly namespace: string; readonly name: string }): Promise<void>;
}
