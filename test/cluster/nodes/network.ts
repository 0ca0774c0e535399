import { clusterId, clusterNumbersMax, hostLink, type AddressPlan } from "../address-plan.ts";
import { ClusterError } from "../host/cluster-error.ts";
import { runCommand, tryCommand } from "../host/run-command.ts";

/**
 * Takes a free cluster number by creating its link: the kernel refuses a second one of that name,
 * so two clusters starting at once never share a number.
 * @throws {ClusterError} when all numbers are taken.
 */
export async function claimClusterNumber(
  onClaim: (number: number, links: string[], namespaces: string[]) => void,
): Promise<number> {
  for (let number = 0; number < clusterNumbersMax; number += 1) {
    const hub = `${clusterId(number)}-hub`;
    // The namespace comes first: its link is born inside it.
    const made = await tryCommand("ip", ["netns", "add", hub]);
    if (made.exitCode !== 0) continue;
    onClaim(number, [hostLink(number)], [hub]);
    const peer = ["peer", "name", "up0", "netns", hub];
    const link = await tryCommand("ip", ["link", "add", hostLink(number), "type", "veth", ...peer]);
    if (link.exitCode === 0) return number;
    await tryCommand("ip", ["netns", "del", hub]);
    onClaim(-1, [], []);
    if (!link.stderr.includes("exists")) {
      throw new ClusterError(`cannot create a network link: ${link.stderr.trim()}`);
    }
  }
  throw new ClusterError(
    `all ${clusterNumbersMax} cluster numbers are taken`,
    "stop clusters that nobody needs: npm run cluster -- status",
  );
}

/** Wires the hub and all nodes as the plan draws them. The hub's namespace exists already. */
export async function createNetwork(plan: AddressPlan): Promise<void> {
  const hub = plan.hubNamespace;
  const length = plan.nodePrefixLength;
  await ip(`-n ${hub} link set lo up`);
  await ip(`-n ${hub} link add ${plan.hubBridge} type bridge`);
  await ip(`-n ${hub} address add ${plan.hubIp}/${length} dev ${plan.hubBridge}`);
  await ip(`-n ${hub} link set ${plan.hubBridge} up`);
  await ip(`-n ${hub} link set up0 master ${plan.hubBridge} up`);
  await ip(`address add ${plan.hostIp}/${length} dev ${plan.hostLink}`);
  await ip(`link set ${plan.hostLink} up`);
  for (const node of plan.nodes) {
    await ip(`netns add ${node.namespace}`);
    const ns = `-n ${node.namespace}`;
    await ip(`-n ${hub} link add ${node.hubLink} type veth peer name eth0 netns ${node.namespace}`);
    await ip(`-n ${hub} link set ${node.hubLink} master ${plan.hubBridge} up`);
    await ip(`${ns} link set lo up`);
    await ip(`${ns} address add ${node.ip}/${length} dev eth0`);
    await ip(`${ns} link set eth0 up`);
    await ip(`${ns} route add default via ${plan.hostIp}`);
    // Tests on the host, and the hub's DNS, talk to pods directly.
    await ip(`route add ${node.podCidr} via ${node.ip} dev ${plan.hostLink}`);
    await ip(`-n ${hub} route add ${node.podCidr} via ${node.ip}`);
    for (const other of plan.nodes) {
      if (other === node) continue;
      await ip(`${ns} route add ${other.podCidr} via ${other.ip}`);
    }
    const forward = "echo 1 > /proc/sys/net/ipv4/ip_forward";
    const { command, args } = enterNamespace(node.namespace, ["sh", "-c", forward]);
    await runCommand(command, args);
  }
}

/** Pulls the node's cable out of the hub, or plugs it in again. */
export async function setNodeCable(
  node: { readonly hubNamespace: string; readonly hubLink: string },
  isUp: boolean,
): Promise<void> {
  await ip(`-n ${node.hubNamespace} link set ${node.hubLink} ${isUp ? "up" : "down"}`);
}

/**
 * The command line that runs `inner` inside a network namespace. Not `ip netns exec`: it mounts
 * /sys anew and so hides the control groups.
 */
export function enterNamespace(
  namespace: string,
  inner: readonly string[],
): { readonly command: string; readonly args: readonly string[] } {
  return { command: "nsenter", args: [`--net=/run/netns/${namespace}`, "--", ...inner] };
}

async function ip(words: string): Promise<void> {
  await runCommand("ip", words.split(" "));
}
