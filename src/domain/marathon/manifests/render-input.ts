import type { AppRollout } from "../../../api/crd/v1alpha1/marathon-app/rollout.ts";
import type { AppDefinition } from "../../../api/marathon/app.ts";
import type { Placement } from "../constraints/native-form.ts";

/** What the installation decides for all apps. */
export interface RenderSettings {
  /** Image of apps that name none. */
  readonly defaultImage: string;
  /** Whether a request of cpus is a limit too. */
  readonly limitsCpu: boolean;
  /** Before HOST and PORT* only. */
  readonly envPrefix: string;
  /** Which Argo controller acts. */
  readonly rolloutsInstanceId?: string;
}

export const RENDER_DEFAULTS: RenderSettings = {
  defaultImage: "debian:12-slim",
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
