import type { AppDefinition, Network } from "../../../api/marathon/app.ts";

type WithContainer = Pick<AppDefinition, "container">;

/** The app keeps data: at least one persistent volume. */
export function isResident(app: WithContainer): boolean {
  return (app.container?.volumes ?? []).some((volume) => volume.persistent !== undefined);
}

export function hasExternalVolumes(app: WithContainer): boolean {
  return (app.container?.volumes ?? []).some((volume) => volume.external !== undefined);
}

/** Labelled so by its owner: never two instances at once. */
export function isSingleInstance(app: { readonly labels: AppDefinition["labels"] }): boolean {
  return app.labels["MARATHON_SINGLE_INSTANCE_APP"] === "true";
}

export type NetworkMode = Network["mode"];

/** All networks of an app have one mode; no network at all is the host's. */
export function networkMode(networks: readonly Network[]): NetworkMode {
  return networks[0]?.mode ?? "host";
}

/** A port the app asks for, wherever it is written: `port` is a container port, or a definition's port on the host. */
export interface RequestedPort {
  readonly port: number;
  readonly name?: string | undefined;
  readonly protocol: "tcp" | "udp" | "udp,tcp";
  /** The servicePort as stored; 0 = not assigned yet. On the host network without requirePorts it is `port`. */
  readonly servicePort: number;
  /** Fixed host port, 0 = dynamic, absent = none. */
  readonly hostPort?: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
}

/** The app's ports in the order of PORT0, PORT1, … */
export function requestedPorts(
  app: Pick<AppDefinition, "container" | "networks" | "portDefinitions" | "requirePorts">,
): readonly RequestedPort[] {
  if (networkMode(app.networks) !== "host") {
    return (app.container?.portMappings ?? []).map((mapping) => ({
      port: mapping.containerPort,
      name: mapping.name,
      protocol: mapping.protocol,
      servicePort: mapping.servicePort,
      hostPort: mapping.hostPort,
      labels: mapping.labels,
    }));
  }
  return (app.portDefinitions ?? []).map((definition) => ({
    port: definition.port,
    name: definition.name,
    protocol: definition.protocol,
    servicePort: definition.port,
    hostPort: app.requirePorts ? definition.port : 0,
    labels: definition.labels,
  }));
}
