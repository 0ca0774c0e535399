import { expect } from "chai";
import { clusterNumbersMax, planAddresses, realNodesMax } from "../../cluster/address-plan.ts";

describe("planAddresses", () => {
  it("gives every node an address, a pod range and names of its own", () => {
    const { nodes } = planAddresses(3, 2);
    expect(nodes).to.deep.equal([
      {
        name: "node-1",
        ip: "10.203.0.11",
        podCidr: "10.203.1.0/24",
        podGatewayIp: "10.203.1.1",
        namespace: "orc3-node-1",
        hubLink: "n1",
        cgroup: "orc3-node-1",
      },
      {
        name: "node-2",
        ip: "10.203.0.12",
        podCidr: "10.203.2.0/24",
        podGatewayIp: "10.203.2.1",
        namespace: "orc3-node-2",
        hubLink: "n2",
        cgroup: "orc3-node-2",
      },
    ]);
  });

  it("shares nothing on this machine between any two clusters", () => {
    const namesOf = (number: number): string[] => {
      const plan = planAddresses(number, 3);
      return [
        plan.clusterCidr,
        plan.hostIp,
        plan.hubIp,
        plan.hostLink,
        plan.hubNamespace,
        ...plan.nodes.flatMap((node) => [node.ip, node.podCidr, node.namespace]),
      ];
    };
    const all = Array.from({ length: clusterNumbersMax }, (_, number) => namesOf(number)).flat();
    expect(new Set(all).size).to.equal(all.length);
  });

  it("keeps interface names within the 15 characters that the kernel takes", () => {
    const plan = planAddresses(clusterNumbersMax - 1, realNodesMax);
    const links = [plan.hostLink, plan.hubBridge, ...plan.nodes.map((node) => node.hubLink)];
    expect(links.filter((link) => link.length > 15)).to.deep.equal([]);
  });

  it("keeps the most nodes inside one octet", () => {
    const last = planAddresses(0, realNodesMax).nodes.at(-1);
    expect(last?.ip).to.equal("10.200.0.210");
    expect(last?.podCidr).to.equal("10.200.200.0/24");
  });

  const refused: Record<string, readonly [number: number, nodes: number]> = {
    "a negative number": [-1, 1],
    "a number beyond the last": [clusterNumbersMax, 1],
    "a fractional number": [0.5, 1],
    "more nodes than addresses": [0, realNodesMax + 1],
    "a negative node count": [0, -1],
  };
  for (const [what, [number, nodes]] of Object.entries(refused)) {
    it(`refuses ${what}`, () => {
      expect(() => planAddresses(number, nodes)).to.throw(RangeError);
    });
  }
});
