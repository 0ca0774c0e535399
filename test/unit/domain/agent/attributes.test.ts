import { expect } from "chai";
import { nodeAttributes, parseAttributes } from "../../../../src/domain/agent/attributes.ts";

describe("parseAttributes", () => {
  it("MES-38 reads text, scalar, range and set as Mesos does", () => {
    const parsed = parseAttributes("rack:rack1;zone:us-east-1a;level:10;ports:[1-2];tags:{a,b}");
    expect(parsed.ok && parsed.attributes).to.eql([
      { name: "rack", type: "TEXT", text: { value: "rack1" } },
      { name: "zone", type: "TEXT", text: { value: "us-east-1a" } },
      { name: "level", type: "SCALAR", scalar: { value: 10 } },
      { name: "ports", type: "RANGES", ranges: { range: [{ begin: 1, end: 2 }] } },
      { name: "tags", type: "SET", set: { item: ["a", "b"] } },
    ]);
  });

  it("names the item it cannot read", () => {
    for (const item of ["rack", ":x", "ports:[2-1]", "tags:{a,}"]) {
      expect(parseAttributes(`a:b;${item}`)).to.eql({ ok: false, item });
    }
  });

  it("adds node labels, given attributes win", () => {
    const node = {
      metadata: {
        name: "n",
        labels: { "topology.kubernetes.io/zone": "z1", "kubernetes.io/arch": "amd64", disk: "ssd" },
      },
    };
    const given = [{ name: "zone", type: "TEXT" as const, text: { value: "mine" } }];
    const names = nodeAttributes(node, given, { disk: "disk_type" }).map(
      ({ name, text }) => `${name}=${text?.value ?? ""}`,
    );
    expect(names).to.eql(["zone=mine", "arch=amd64", "disk_type=ssd"]);
  });
});
