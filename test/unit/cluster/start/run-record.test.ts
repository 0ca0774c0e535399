import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { identifyProcess } from "../../../cluster/host/process-identity.ts";
import {
  endpointsFile,
  forgetEndpoints,
  readEndpoints,
  writeEndpoints,
} from "../../../cluster/start/endpoints.ts";
import {
  forgetRun,
  judgeRun,
  readRun,
  runFolder,
  writeRun,
  type RunRecord,
} from "../../../cluster/start/run-record.ts";

const startedAt = "2026-01-01T00:00:00Z";
const self = identifyProcess(process.pid) ?? { pid: 0, startedAt: "" };
const stranger = { pid: process.pid, startedAt: "another time" };
const named = (identity: typeof self) => ({ ...identity, name: "master", logFile: "/l" });

describe("what npm start writes down", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "start-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it("has a folder of its own for every name but the usual one", () => {
    expect(runFolder("/repo", "default")).to.equal("/repo/.orchestrator");
    expect(runFolder("/repo", "mine")).to.equal("/repo/.orchestrator/mine");
  });

  it("can be read back, and forgotten twice", () => {
    const record: RunRecord = { startedAt, owner: self, processes: [named(self)] };
    writeRun(folder, record);
    expect(readRun(folder)).to.deep.equal(record);
    forgetRun(folder);
    forgetRun(folder);
    expect(readRun(folder)).to.equal(undefined);
  });

  it("tells scripts where everything is while it is up", () => {
    const endpoints = {
      kubeconfig: "/k",
      mesos: "http://127.0.0.1:5050",
      marathon: "http://127.0.0.1:8080",
      tier: "nodes",
      pids: { forwarder: 1 },
    } as const;
    writeEndpoints(folder, endpoints);
    expect(readEndpoints(folder)).to.deep.equal(endpoints);
    forgetEndpoints(folder);
    expect(readEndpoints(folder)).to.equal(undefined);
  });

  it("counts as nothing when it is no JSON", () => {
    writeRun(folder, { startedAt, processes: [] });
    writeFileSync(join(folder, "run.json"), "{");
    writeFileSync(endpointsFile(folder), "");
    expect(readRun(folder)).to.equal(undefined);
    expect(readEndpoints(folder)).to.equal(undefined);
  });

  const gone = { name: `no-such-cluster-${process.pid}`, startedAt };
  const cases: readonly (readonly [string, Omit<RunRecord, "startedAt">, string])[] = [
    ["whose starter lives", { owner: self, processes: [] }, "owned"],
    ["whose starter was killed", { owner: stranger, processes: [named(self)] }, "left-over"],
    ["left running with a process", { processes: [named(self)] }, "up"],
    ["whose process numbers are strangers' now", { processes: [named(stranger)] }, "left-over"],
    ["whose cluster is gone", { cluster: gone, processes: [named(self)] }, "left-over"],
  ];
  for (const [what, record, life] of cases) {
    it(`judges a run ${what}: ${life}`, () => {
      expect(judgeRun({ startedAt, ...record })).to.equal(life);
    });
  }
});
