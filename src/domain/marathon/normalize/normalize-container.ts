import type { AppContainer, PortMapping } from "../../../api/marathon/app.ts";
import type { AppInput } from "../../../api/marathon/app-input.ts";
import type { ContainerInput, DockerInput } from "../../../api/marathon/container.ts";
import type { NetworkMode } from "../app/app-facts.ts";

export type ContainerResult =
  | { readonly kind: "ok"; readonly container: AppContainer | undefined }
  | { readonly kind: "refused"; readonly message: string };

const EMPTY_MAPPING: PortMapping = {
  containerPort: 0,
  servicePort: 0,
  protocol: "tcp",
  labels: {},
  networkNames: [],
};
const DEFAULT_MAPPING: PortMapping = { ...EMPTY_MAPPING, name: "default" };

/** Mappings as given, by discovery, or none; `undefined` lets the default apply. */
function givenMappings(
  input: AppInput,
  container: ContainerInput,
): readonly PortMapping[] | undefined {
  const discovered = (input.ipAddress?.discovery?.ports ?? []).map((port) => ({
    ...EMPTY_MAPPING,
    containerPort: port.number,
    protocol: port.protocol,
    labels: port.labels,
    ...(port.name === undefined ? {} : { name: port.name }),
  }));
  if (discovered.length > 0) return discovered;
  return container.portMappings ?? container.docker?.portMappings;
}

/** Ports that were written for the host network still count: empty mappings are added up to their number. */
function filledUp(
  given: readonly PortMapping[] | undefined,
  portsOfHost: number,
): readonly PortMapping[] {
  if (given === undefined && portsOfHost === 0) return [DEFAULT_MAPPING];
  const missing = Math.max(0, portsOfHost - (given?.length ?? 0));
  return [...(given ?? []), ...Array.from({ length: missing }, () => EMPTY_MAPPING)];
}

function normalizeMappings(
  input: AppInput,
  container: ContainerInput,
  mode: NetworkMode,
): readonly PortMapping[] {
  const portsOfHost = (input.portDefinitions ?? input.ports ?? []).length;
  const mappings = filledUp(givenMappings(input, container), portsOfHost);
  return mode === "container/bridge"
    ? mappings.map((mapping) => ({ ...mapping, hostPort: mapping.hostPort ?? 0 }))
    : mappings;
}

function withoutLegacy(docker: DockerInput): AppContainer["docker"] {
  const { network: _network, portMappings: _portMappings, ...rest } = docker;
  return rest;
}

/** The container in today's spelling; a network of its own demands one, so it is made where the app has none. */
export function normalizeContainer(input: AppInput, mode: NetworkMode): ContainerResult {
  const legacyMappings = input.container?.docker?.portMappings ?? [];
  if (input.container?.portMappings && legacyMappings.length > 0) {
    const message = "cannot specify both portMappings and docker.portMappings";
    return { kind: "refused", message };
  }
  if (mode === "host" && input.container === undefined) return { kind: "ok", container: undefined };
  const container: ContainerInput = input.container ?? { type: "MESOS", volumes: [] };
  const { portMappings: _replaced, docker, volumes, ...rest } = container;
  return {
    kind: "ok",
    container: {
      ...rest,
      ...(docker ? { docker: withoutLegacy(docker) } : {}),
      volumes: volumes.map((volume) =>
        volume.secret === undefined ? { ...volume, mode: volume.mode ?? "RW" } : volume,
      ),
      ...(mode === "host" ? {} : { portMappings: [...normalizeMappings(input, container, mode)] }),
    },
  };
}
