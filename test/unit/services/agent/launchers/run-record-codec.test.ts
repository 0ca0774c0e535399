import { expect } from "chai";
import type { RunRecord } from "../../../../../src/domain/agent/run.ts";
import {
  packRunRecord,
  unpackRunRecord,
} from "../../../../../src/services/agent/launchers/run-record-codec.ts";
import { commandTask, FRAMEWORK, FRAMEWORK_ID } from "../../../../support/agent/http-master.ts";

const secret = { type: "VALUE" as const, value: { data: "aHVzaA==" } };
const environment = { variables: [{ name: "TOKEN", type: "SECRET" as const, secret }] };
const record: RunRecord = {
  containerId: "c",
  launchId: "l",
  frameworkId: FRAMEWORK_ID,
  framework: FRAMEWORK,
  executorId: "e",
  executor: { executor_id: { value: "e" }, type: "DEFAULT", command: { environment } },
  tasks: [commandTask("t", "true", { command: { value: "true", environment } })],
  generation: 0,
  devices: [],
  receivedAtMs: 1,
};

describe("the record of a run in its Pod's annotation", () => {
  const cases: Record<string, { bytesMax: number; want: string | undefined }> = {
    "that fits": { bytesMax: 100_000, want: "true" },
    "that is cut to what recovery needs": { bytesMax: 1, want: undefined },
  };
  for (const [name, { bytesMax, want }] of Object.entries(cases)) {
    it(`holds no value of a secret: one ${name}`, () => {
      const read = unpackRunRecord(packRunRecord(record, bytesMax));
      expect(read?.tasks.map(({ task_id }) => task_id.value)).to.deep.equal(["t"]);
      expect(read?.tasks[0]?.command?.value).to.equal(want);
      expect(read?.executor?.command?.environment?.variables?.[0]?.name).to.equal("TOKEN");
      expect(JSON.stringify(read)).to.not.contain("aHVzaA==");
    });
  }
});
