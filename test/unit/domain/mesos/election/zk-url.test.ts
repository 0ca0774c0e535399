import { expect } from "chai";
import {
  joinPaths,
  parseZkUrl,
  showZkUrl,
  type ZkUrl,
} from "../../../../../src/domain/mesos/election/zk-url.ts";

const read: Record<string, { given: string; want: ZkUrl }> = {
  "as Mesos' flag has it": {
    given: "zk://a:2181,b:2182/mesos",
    want: { servers: ["a:2181", "b:2182"], path: "/mesos" },
  },
  "with credentials, in which @ and : may stand": {
    given: "zk://user:p@ss:word@a:2181/mesos",
    want: { servers: ["a:2181"], path: "/mesos", credentials: "user:p@ss:word" },
  },
  "without a scheme": { given: "a/mesos", want: { servers: ["a:2181"], path: "/mesos" } },
  "with the usual port where none is given": {
    given: "zk://zk-0.zk,zk-1.zk:2182/mesos",
    want: { servers: ["zk-0.zk:2181", "zk-1.zk:2182"], path: "/mesos" },
  },
  "with slashes at the end of the path": {
    given: "zk://a:2181/prod//mesos/",
    want: { servers: ["a:2181"], path: "/prod/mesos" },
  },
};
const refused: Record<string, { given: string; reason: RegExp }> = {
  "without a path": { given: "zk://a:2181", reason: /no path/ },
  "at the root": { given: "zk://a:2181/", reason: /root/ },
  "of another scheme": { given: "http://a/mesos", reason: /host:port/ },
  "with credentials without a password": { given: "zk://user@a/mesos", reason: /user:password@/ },
  "with an empty server": { given: "zk://a,,b/mesos", reason: /host:port/ },
  "with a port that is none": { given: "zk://a:99999/mesos", reason: /host:port/ },
  "with relative parts": { given: "zk://a/mesos/../x", reason: /relative/ },
  "with characters that ZooKeeper refuses": { given: "zk://a/me\u0000sos", reason: /character/ },
};

describe("parseZkUrl (MES-02)", () => {
  for (const [name, { given, want }] of Object.entries(read)) {
    it(`reads an address ${name}`, () => {
      expect(parseZkUrl(given)).to.deep.equal({ ok: true, value: want });
    });
  }
  for (const [name, { given, reason }] of Object.entries(refused)) {
    it(`refuses an address ${name}`, () => {
      const parsed = parseZkUrl(given);
      expect(parsed.ok ? "" : parsed.reason).to.match(reason);
    });
  }

  it("shows an address without its credentials, and never tells them in a refusal", () => {
    const parsed = parseZkUrl("zk://user:secret@a:2181/mesos");
    expect(parsed.ok && showZkUrl(parsed.value)).to.equal("zk://a:2181/mesos");
    const refusal = parseZkUrl("zk://user:secret@a:x/mesos");
    expect(refusal.ok ? "" : refusal.reason).not.to.include("secret");
  });

  it("puts a path below a chroot", () => {
    expect(joinPaths("/chroot", "/mesos")).to.equal("/chroot/mesos");
    expect(joinPaths("", "/mesos")).to.equal("/mesos");
  });
});
