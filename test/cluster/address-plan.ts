/**
 * Where everything of one cluster is on the network. Clusters are numbered; the number decides every
 * address and interface name, so that several clusters on one machine never meet.
 *
 * ```
 *  host ── orc3h ─┐                       10.203.0.1     API server relay, DNS upstream of nobody
 *            namespace orc3-hub: bridge   10.203.0.2     cluster DNS
 *                 ├── node-1              10.203.0.11    pods 10.203.1.0/24
 *                 └── node-2              10.203.0.12    pods 10.203.2.0/24
 * ```
 */
export interface AddressPlan {
  readonly number: number;
  /** Everything of this cluster except services: nodes and pods. */
  readonly clusterCidr: string;
  readonly serviceCidr: string;
  readonly apiServiceIp: string;
  readonly dnsServiceIp: string;
  /** The host's end of the cable into the cluster. */
  readonly hostIp: string;
  readonly hubIp: string;
  readonly nodePrefixLength: number;
  readonly hostLink: string;
  readonly hubNamespace: string;
  readonly hubBridge: string;
  readonly nodes: readonly NodeAddresses[];
}

export interface NodeAddresses {
  readonly name: string;
  readonly ip: string;
  readonly podCidr: string;
  readonly podGatewayIp: string;
  readonly namespace: string;
  /** The hub's end of the node's cable: taking it down cuts the node off. */
  readonly hubLink: string;
  /** Folder below each cgroup controller. */
  readonly cgroup: string;
}

/** Numbers 0 to 39 give 10.200.0.0/16 to 10.239.0.0/16. */
export const clusterNumbersMax = 40;
/** Node i has pods in 10.x.i.0/24, and host addresses start at .11: bounded by the latter. */
export const realNodesMax = 200;
const serviceCidr = "10.96.0.0/16";

/** @param number of the cluster, 0 … {@link clusterNumbersMax} − 1 */
export function planAddresses(number: number, nodeCount: number): AddressPlan {
  if (!Number.isInteger(number) || number < 0 || number >= clusterNumbersMax) {
    throw new RangeError(`cluster number ${number} is not in 0…${clusterNumbersMax - 1}`);
  }
  if (!Number.isInteger(nodeCount) || nodeCount < 0 || nodeCount > realNodesMax) {
    throw new RangeError(`${nodeCount} real nodes are not in 0…${realNodesMax}`);
  }
  const prefix = `10.${200 + number}`;
  const id = clusterId(number);
  return {
    number,
    clusterCidr: `${prefix}.0.0/16`,
    serviceCidr,
    apiServiceIp: "10.96.0.1",
    dnsServiceIp: "10.96.0.10",
    hostIp: `${prefix}.0.1`,
    hubIp: `${prefix}.0.2`,
    nodePrefixLength: 24,
    hostLink: hostLink(number),
    hubNamespace: `${id}-hub`,
    hubBridge: "hub",
    nodes: Array.from({ length: nodeCount }, (_, index) => planNode(number, index + 1)),
  };
}

/** Short name of a cluster number: begins every interface, namespace and cgroup name. */
export function clusterId(number: number): string {
  return `orc${number}`;
}

export function hostLink(number: number): string {
  return `${clusterId(number)}h`;
}

function planNode(number: number, position: number): NodeAddresses {
  const prefix = `10.${200 + number}`;
  const name = `node-${position}`;
  return {
    name,
    ip: `${prefix}.0.${10 + position}`,
    podCidr: `${prefix}.${position}.0/24`,
    podGatewayIp: `${prefix}.${position}.1`,
    namespace: `${clusterId(number)}-${name}`,
    hubLink: `n${position}`,
    cgroup: `${clusterId(number)}-${name}`,
  };
}
