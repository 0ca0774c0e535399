import { expect } from "chai";
import { ContainerID } from "../../../../src/api/mesos/ids.ts";
import { decodeProtobuf } from "../../../../src/api/mesos/protobuf-decode.ts";
import { encodeProtobuf } from "../../../../src/api/mesos/protobuf-encode.ts";
import { TaskInfo } from "../../../../src/api/mesos/task.ts";
import { TaskStatus } from "../../../../src/api/mesos/task-status.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

describe("the protobuf codec", () => {
  // Bytes worked out by hand from the proto2 encoding rules and the numbers of the appendix.
  const known: Record<string, { message: TaskStatus; bytes: string }> = {
    "a status with a required id and state": {
      message: { task_id: { value: "a" }, state: "TASK_RUNNING" },
      bytes: "0a030a0161" + "1001",
    },
    "an enum with the number 0": {
      message: { task_id: { value: "" }, state: "TASK_STARTING" },
      bytes: "0a020a00" + "1000",
    },
    "doubles, booleans, bytes": {
      message: {
        task_id: { value: "a" },
        state: "TASK_LOST",
        timestamp: 1.5,
        healthy: true,
        uuid: "AAEC",
      },
      bytes: "0a030a0161" + "1005" + "31000000000000f83f" + "4001" + "5a03000102",
    },
  };
  for (const [name, { message, bytes }] of Object.entries(known)) {
    it(`writes and reads ${name}`, () => {
      expect(hex(encodeProtobuf(TaskStatus, message))).to.equal(bytes);
      const decoded = decodeProtobuf(TaskStatus, Buffer.from(bytes, "hex"));
      expect(decoded).to.deep.equal({ ok: true, value: message });
    });
  }

  it("gives back negative and large integers, maps, infinities and non-ASCII text", () => {
    const task: TaskInfo = {
      name: "ü€😀",
      task_id: { value: "t" },
      agent_id: { value: "S0" },
      resources: [
        { name: "ports", type: "RANGES", ranges: { range: [{ begin: 1, end: 2 ** 40 }] } },
      ],
      kill_policy: { grace_period: { nanoseconds: -5 } },
      limits: { cpus: { value: Infinity } },
    };
    expect(decodeProtobuf(TaskInfo, encodeProtobuf(TaskInfo, task))).to.deep.equal({
      ok: true,
      value: task,
    });
  });

  it("skips unknown fields of every wire type", () => {
    const unknown = "f80701" + "f9070000000000000000" + "fa0702abcd" + "fd0700000000";
    const decoded = decodeProtobuf(TaskStatus, Buffer.from(`${unknown}0a030a01611001`, "hex"));
    expect(decoded).to.deep.equal({
      ok: true,
      value: { task_id: { value: "a" }, state: "TASK_RUNNING" },
    });
  });

  const broken: Record<string, string> = {
    "a truncated field": "0a050a01",
    "a varint without end": "0a030a016110ffffffffffffffffffffff01",
    "a missing required field": "1001",
    "a wrong wire type": "0801",
  };
  for (const [name, bytes] of Object.entries(broken)) {
    it(`refuses ${name}`, () => {
      expect(decodeProtobuf(TaskStatus, Buffer.from(bytes, "hex")).ok).to.equal(false);
    });
  }

  it("bounds nesting", () => {
    let id: ContainerID = { value: "root" };
    for (let depth = 0; depth < 100; depth += 1) id = { value: "c", parent: id };
    expect(decodeProtobuf(ContainerID, encodeProtobuf(ContainerID, id))).to.deep.equal({
      ok: false,
      error: "nested too deep",
    });
  });
});
