import type { ContainerInfo } from "../../../api/mesos/container.ts";
import { mapped, type Mapped, refused } from "../refusal.ts";
import type { ContainerPort } from "./pod-manifest.ts";
import type { PodRules } from "./pod-rules.ts";

export interface PodNetwork {
  readonly hostNetwork: boolean;
  readonly ports: readonly ContainerPort[];
  readonly annotations: Readonly<Record<string, string>>;
}

interface PortMapping {
  readonly host_port: number;
  readonly container_port: number;
  readonly protocol?: string;
}

const POD_NETWORK: PodNetwork = { hostNetwork: false, ports: [], annotations: {} };

/**
 * The network of a Pod and its port mappings. No network asked for, and HOST, mean the host's, as on Mesos, unless
 * `task_network=pod`: then each port of the offer is mapped to itself. `offeredPorts` are those the tasks were given.
 */
export function mapNetwork(
  container: ContainerInfo | undefined,
  offeredPorts: readonly number[],
  rules: PodRules,
): Mapped<PodNetwork> {
  const docker = container?.docker;
  const infos = container?.network_infos ?? [];
  if (infos.length > 1) {
    return refused("container.network_infos", "a Pod joins one network; give one network_info");
  }
  const named = infos[0]?.name;
  const mappings: readonly PortMapping[] = [
    ...(docker?.port_mappings ?? []),
    ...(infos[0]?.port_mappings ?? []),
  ];
  switch (docker?.network) {
    case "NONE":
      return refused("container.docker.network", "NONE is not served: every Pod has a network");
    case "BRIDGE":
      return withPorts(POD_NETWORK, mappings, offeredPorts);
    case "USER":
      return named === undefined
        ? refused("container.network_infos.name", "network USER needs the name of a network")
        : namedNetwork(named, mappings, offeredPorts, rules);
    case "HOST":
    case undefined:
      break;
  }
  if (named !== undefined) return namedNetwork(named, mappings, offeredPorts, rules);
  if (docker?.network === undefined && mappings.length > 0) {
    return withPorts(POD_NETWORK, mappings, offeredPorts);
  }
  if (rules.taskNetwork === "host") {
    return mapped({ hostNetwork: true, ports: [], annotations: {} });
  }
  const same = offeredPorts.map((port) => ({ host_port: port, container_port: port }));
  return withPorts(POD_NETWORK, same, offeredPorts);
}

function namedNetwork(
  name: string,
  mappings: readonly PortMapping[],
  offeredPorts: readonly number[],
  rules: PodRules,
): Mapped<PodNetwork> {
  const network = rules.networks[name];
  if (network === undefined) {
    return refused("container.network_infos.name", `network ${name} is unknown to --networks`);
  }
  const annotations: Record<string, string> =
    network.type === "multus" ? { "k8s.v1.cni.cncf.io/networks": network.ref } : {};
  return withPorts({ ...POD_NETWORK, annotations }, mappings, offeredPorts);
}

function withPorts(
  network: PodNetwork,
  mappings: readonly PortMapping[],
  offeredPorts: readonly number[],
): Mapped<PodNetwork> {
  const offered = new Set(offeredPorts);
  const ports: ContainerPort[] = [];
  for (const { host_port: hostPort, container_port: containerPort, protocol } of mappings) {
    if (!offered.has(hostPort)) {
      return refused("container.port_mappings.host_port", `port ${hostPort} is not in the offer`);
    }
    const spoken = (protocol ?? "tcp").toUpperCase();
    if (spoken !== "TCP" && spoken !== "UDP" && spoken !== "SCTP") {
      return refused("container.port_mappings.protocol", `protocol ${protocol ?? ""} is unknown`);
    }
    ports.push({ containerPort, hostPort, protocol: spoken });
  }
  return mapped({ ...network, ports });
}
