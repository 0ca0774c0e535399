import { Writable } from "node:stream";
import { expect } from "chai";
import { createLog } from "../../../src/adapters/logging/winston-logger.ts";
import { SystemClock } from "../../../src/adapters/system-clock/system-clock.ts";
import { exchange, type HttpExchange } from "../../support/mesos/record-stream.ts";
import { startTestMaster, type TestMaster } from "../../support/mesos/test-master.ts";
import { until } from "../../cluster/host/until.ts";

describe("the master's log through the operator API (NFR-17)", () => {
  let master: TestMaster;
  let written: string;
  beforeEach(async () => {
    written = "";
    const stream = new Writable({
      write: (chunk, _encoding, done) => {
        written += String(chunk);
        done();
      },
    });
    const clock = new SystemClock();
    const about = { process: "master", version: "0.0.0", level: "info" as const };
    const { logger, control } = createLog({ ...about, clock, stream });
    master = await startTestMaster({ parts: { logger, log: control } });
  });
  afterEach(() => master.stop());

  const call = (type: string, body: Record<string, unknown> = {}): Promise<HttpExchange> =>
    exchange(master.port, "/api/v1", {
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ type, [type.toLowerCase()]: body }),
    });
  const level = async (): Promise<unknown> =>
    JSON.parse((await call("GET_LOGGING_LEVEL")).body) as unknown;
  const set = (value: number, durationMs: number): Promise<HttpExchange> =>
    call("SET_LOGGING_LEVEL", { level: value, duration: { nanoseconds: durationMs * 1e6 } });
  const isLevel = (value: number) => ({
    type: "GET_LOGGING_LEVEL",
    get_logging_level: { level: value },
  });

  it("is set to another level, which goes back by itself", async () => {
    expect(await level()).to.deep.equal(isLevel(0));
    expect((await set(2, 3_600_000)).status).to.equal(200);
    expect(await level()).to.deep.equal(isLevel(2));
    expect((await set(3, 20)).status).to.equal(200);
    const isBack = async (): Promise<boolean> =>
      JSON.stringify(await level()) === JSON.stringify(isLevel(0));
    await until("the level is back", isBack, { timeoutMs: 5000, intervalMs: 5 });
    expect((await set(1, -1)).status).to.equal(400);
  });

  it("is the one file that is listed and read, in pieces if need be", async () => {
    const listed = JSON.parse((await call("LIST_FILES", { path: "/master/log" })).body) as {
      list_files: { file_infos: { path: string; size: number }[] };
    };
    const [file] = listed.list_files.file_infos;
    expect([file?.path, file?.size]).to.deep.equal(["/master/log", written.length]);
    const read = async (offset: number, length?: number): Promise<[number, string]> => {
      const path = "/master/log";
      const { body } = await call("READ_FILE", { path, offset, ...(length ? { length } : {}) });
      const { read_file } = JSON.parse(body) as { read_file: { size: number; data?: string } };
      return [read_file.size, Buffer.from(read_file.data ?? "", "base64").toString()];
    };
    expect(await read(0)).to.deep.equal([written.length, written]);
    expect(await read(3, 5)).to.deep.equal([written.length, written.slice(3, 8)]);
    expect(await read(written.length)).to.deep.equal([written.length, ""]);
  });

  it("is no way to other files", async () => {
    for (const path of ["/etc/passwd", "/master", "/master/log/../../etc/passwd"]) {
      for (const type of ["LIST_FILES", "READ_FILE"]) {
        const { status, body } = await call(type, { path, offset: 0 });
        expect([status, body]).to.deep.equal([404, `File not found: ${path}`]);
      }
    }
  });
});
