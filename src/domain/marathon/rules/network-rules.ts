import type { AppDefinition, Network } from "../../../api/marathon/app.ts";
import { networkMode } from "../app/app-facts.ts";
import type { Violation } from "./violation.ts";

const on = (path: string, error: string): Violation => ({ path, error });
const onNetworks = (error: string): Violation => on("/networks", error);

function hasDuplicates(items: readonly unknown[]): boolean {
  return new Set(items).size !== items.length;
}

function hasLabels(network: Network): boolean {
  return Object.keys(network.labels).length > 0;
}

function mixRules(networks: readonly Network[]): Violation[] {
  const modes = new Set(networks.map((network) => network.mode));
  const single = !modes.has("container") && networks.length > 1;
  return modes.size > 1 || single
    ? [
        onNetworks(
          "May specify a single host network, single bridge network, or else 1-to-n container networks",
        ),
      ]
    : [];
}

function eachNetworkRules(networks: readonly Network[]): Violation[] {
  const found: Violation[] = [];
  for (const network of networks) {
    if (network.mode === "host" && (network.name !== undefined || hasLabels(network))) {
      found.push(onNetworks("Host networks may not have names or labels"));
    }
    if (network.mode === "container/bridge" && network.name !== undefined) {
      found.push(onNetworks("Bridge networks may not have names"));
    }
    if (network.mode === "container" && !network.name) {
      found.push(onNetworks("Network name must be specified when container network is selected."));
    }
  }
  const names = networks.map((network) => network.name).filter((name) => name !== undefined);
  if (hasDuplicates(names)) found.push(onNetworks("Duplicate networks are not allowed"));
  return found;
}

function mappingRules(app: AppDefinition): Violation[] {
  const mappings = app.container?.portMappings ?? [];
  const names = app.networks.map((network) => network.name);
  const several = networkMode(app.networks) === "container" && app.networks.length > 1;
  const found: Violation[] = [];
  mappings.forEach((mapping, i) => {
    const path = `/container/portMappings(${i})`;
    if (several && mapping.hostPort !== undefined && mapping.networkNames.length !== 1) {
      found.push(
        on(
          path,
          "networkNames must be a single item list when hostPort is specified and more than 1 container network is defined",
        ),
      );
    }
    mapping.networkNames.forEach((name, j) => {
      if (names.includes(name)) return;
      found.push(on(`${path}/networkNames(${j})`, `is not one of (${names.join(",")})`));
    });
  });
  if (hasDuplicates(mappings.map((m) => m.name).filter((name) => name !== undefined))) {
    found.push(on("/container/portMappings", "Port names must be unique."));
  }
  return found;
}

function definitionRules({ portDefinitions = [] }: AppDefinition): Violation[] {
  const fixed = portDefinitions.map(({ port }) => port).filter((port) => port !== 0);
  const names = portDefinitions.map(({ name }) => name).filter((name) => name !== undefined);
  return [
    ...(hasDuplicates(fixed) ? [on("/portDefinitions", "Ports must be unique.")] : []),
    ...(hasDuplicates(names) ? [on("/portDefinitions", "Port names must be unique.")] : []),
  ];
}

/** Networks and the ports on them. */
export function networkRules(app: AppDefinition): Violation[] {
  const several = app.networks.filter((network) => network.mode === "container").length > 1;
  const oneOnly =
    "may only specify a single container network when using the Docker container engine";
  return [
    ...mixRules(app.networks),
    ...eachNetworkRules(app.networks),
    ...(several && app.container?.type === "DOCKER" ? [on("/", oneOnly)] : []),
    ...mappingRules(app),
    ...definitionRules(app),
  ];
}
