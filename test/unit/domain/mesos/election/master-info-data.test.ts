import { expect } from "chai";
import { MasterInfo } from "../../../../../src/api/mesos/master-info.ts";
import { encodeProtobuf } from "../../../../../src/api/mesos/protobuf-encode.ts";
import {
  addressOf,
  decodeMasterInfo,
  encodeMasterInfo,
} from "../../../../../src/domain/mesos/election/master-info-data.ts";
import { masterInfoOf } from "../../../../../src/services/offer-engine/serve/master-info.ts";

const INFO = masterInfoOf(
  "5c2e1f0a-0000-4000-8000-000000000001",
  { hostname: "mesos-master-0", ip: "10.0.0.1", port: 5050 },
  "1.11.0",
);
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("data of a master's znode (MES-02)", () => {
  it("is MasterInfo as JSON, the ip a number with the first octet lowest", () => {
    expect(new TextDecoder().decode(encodeMasterInfo(INFO))).to.equal(
      '{"id":"5c2e1f0a-0000-4000-8000-000000000001","ip":16777226,"port":5050,"pid":"master@10.0.0.1:5050","hostname":"mesos-master-0","version":"1.11.0","address":{"hostname":"mesos-master-0","ip":"10.0.0.1","port":5050},"capabilities":[{"type":"AGENT_UPDATE"},{"type":"AGENT_DRAINING"},{"type":"QUOTA_V2"}]}',
    );
  });

  it("keeps an ip above 127.255.255.255 unsigned", () => {
    const info = masterInfoOf("m", { hostname: "h", ip: "192.168.2.254", port: 1 }, "1.11.0");
    expect(JSON.parse(new TextDecoder().decode(encodeMasterInfo(info)))).to.include({
      ip: 254 * 2 ** 24 + 2 * 2 ** 16 + 168 * 256 + 192,
    });
  });

  it("is read back, as JSON and as the binary message of old masters", () => {
    expect(decodeMasterInfo("json", encodeMasterInfo(INFO))).to.deep.equal(INFO);
    expect(decodeMasterInfo("protobuf", encodeProtobuf(MasterInfo, INFO))).to.deep.equal(INFO);
  });

  it("is nobody's when it cannot be read", () => {
    for (const text of ["", "{", "[]", "null", '{"id":"m"}']) {
      expect(decodeMasterInfo("json", bytesOf(text)), text).to.equal(undefined);
    }
    expect(decodeMasterInfo("protobuf", Uint8Array.of(0xff))).to.equal(undefined);
  });

  it("gives the address that masters tell since 0.24, and what older ones told before", () => {
    expect(addressOf(INFO)).to.deep.equal({ hostname: "mesos-master-0", port: 5050 });
    const { address: _address, ...older } = INFO;
    expect(addressOf({ ...older, hostname: "old", port: 5051 })).to.deep.equal({
      hostname: "old",
      port: 5051,
    });
    expect(addressOf({ id: "m", ip: 16_777_226, port: 5050, capabilities: [] })).to.deep.equal({
      hostname: "10.0.0.1",
      port: 5050,
    });
  });
});
