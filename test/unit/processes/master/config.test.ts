import { expect } from "chai";
import { isOperatingError } from "../../../../src/api/errors/operating-error.ts";
import { parseMasterConfig, shownFlags } from "../../../../src/processes/master/config.ts";

const SURROUNDINGS = { POD_NAME: "mesos-master-0", POD_IP: "10.0.0.1" };

function refusal(flags: Readonly<Record<string, string>>): string {
  try {
    parseMasterConfig(flags, SURROUNDINGS);
    return "";
  } catch (error) {
    if (!isOperatingError(error, "CONFIG_INVALID")) throw error;
    return error.message;
  }
}

describe("configuration of a master's election (MES-02)", () => {
  it("elects by Lease and knows no ZooKeeper unless told", () => {
    const { election, zk } = parseMasterConfig({ cluster: "a/b" }, SURROUNDINGS);
    expect({ election, zk }).to.deep.equal({ election: "lease", zk: undefined });
  });

  it("takes the address as Mesos' --zk, and credentials from it or from the environment", () => {
    const flags = { cluster: "a/b", election: "zookeeper", zk: "zk://u:p@z:2181/mesos" };
    expect(parseMasterConfig(flags, SURROUNDINGS).zk).to.deep.equal({
      servers: ["z:2181"],
      path: "/mesos",
      credentials: "u:p",
    });
    const environment = {
      ...SURROUNDINGS,
      ORCHESTRATOR_MASTER_ZK: "zk://z:2181/mesos",
      ORCHESTRATOR_MASTER_ZK_AUTH: "user:word",
    };
    expect(parseMasterConfig({ standalone: "" }, environment).zk?.credentials).to.equal(
      "user:word",
    );
  });

  it("never shows credentials in /flags", () => {
    const config = parseMasterConfig(
      { standalone: "", zk: "zk://user:secret@z:2181/mesos" },
      SURROUNDINGS,
    );
    expect(shownFlags(config)).to.include({ zk: "zk://z:2181/mesos" });
    expect(JSON.stringify(shownFlags(config))).not.to.include("secret");
  });

  it("refuses an election without the address, or without records that masters share", () => {
    expect(refusal({ cluster: "a/b", election: "zookeeper" })).to.match(/give --zk and --cluster/);
    expect(refusal({ standalone: "", election: "zookeeper", zk: "zk://z:2181/mesos" })).to.match(
      /give --zk and --cluster/,
    );
    expect(refusal({ cluster: "a/b", election: "paxos" })).to.match(/^--election/);
  });

  it("refuses an address that cannot be read, without telling what is secret in it", () => {
    const text = refusal({ standalone: "", zk: "zk://user:secret@z:2181" });
    expect(text).to.match(/^--zk: there is no path/);
    expect(text).not.to.include("secret");
  });
});
