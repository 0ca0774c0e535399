import type { AppRollout } from "../../../api/crd/v1alpha1/marathon-app/rollout.ts";
import type { AppDefinition } from "../../../api/marathon/app.ts";
import type { Placement } from "../constraints/native-form.ts";

/** What the installation decides for all apps; Marathon's own flag names where they exist. */
export interface RenderSettings {
  /** Image of apps that name none (`--default-image`). */
  readonly defaultImage: string;
  /** Numeric ids of user names (`--user-map`), beside root and nobody. */
  readonly userIds: Readonly<Record<string, number>>;
  /** `--cpu-limit-from-request`. */
  readonly limitsCpu: boolean;
  /** `--env_vars_prefix`, before HOST and PORT* only. */
  readonly envPrefix: string;
  /** `--rollouts-instance-id`: which Argo controller acts. */
  readonly rolloutsInstanceId?: string;
}

export const RENDER_DEFAULTS: RenderSettings = {
  defaultImage: "debian:12-slim",
  userIds: {},
  limitsCpu: false,
  envPrefix: "",
};

/** An app this one depends on, as far as its tasks are told. */
export interface DependencyAddress {
  readonly id: string;
  readonly host: string;
  readonly port?: number;
}

/** Everything a rendering depends on: same input, same bytes. */
export interface RenderInput {
  readonly name: string;
  readonly namespace: string;
  readonly uid: string;
  readonly app: AppDefinition;
  /** MesosCluster whose pool the Pods join. */
  readonly cluster: string;
  readonly rollout?: AppRollout | undefined;
  /** Version of the last configuration change: the Pods' version. */
  readonly version: string;
  /** What MARATHON_APP_DOCKER_IMAGE says, where it is not the image: an adopted edit changed the image alone. */
  readonly imageVariable?: string | undefined;
  readonly placement: Placement;
  /** Service port of each requested port, in order; 0 = none could be had. */
  readonly servicePorts: readonly number[];
  readonly dependencies: readonly DependencyAddress[];
  readonly settings: RenderSettings;
  /** Children stay when the app's object is deleted: they have no owner then. */
  readonly orphans?: boolean;
}
