import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { withFileLock } from "../../cluster/host/file-lock.ts";
import { identifyProcess, isRunning } from "../../cluster/host/process-identity.ts";

describe("withFileLock", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "file-lock-"));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it("lets one in after the other", async () => {
    const path = join(folder, "lock");
    const events: string[] = [];
    const enter = (name: string): Promise<void> =>
      withFileLock(path, { timeoutMs: 5_000 }, async () => {
        events.push(`${name} in`);
        await new Promise((resolve) => setImmediate(resolve));
        events.push(`${name} out`);
      });
    await Promise.all([enter("first"), enter("second")]);
    expect(events).to.deep.equal(["first in", "first out", "second in", "second out"]);
  });

  it("takes over the lock of a process that is gone", async () => {
    const path = join(folder, "lock");
    writeFileSync(path, JSON.stringify({ pid: process.pid, startedAt: "another start" }));
    const result = await withFileLock(path, { timeoutMs: 5_000 }, () => Promise.resolve("done"));
    expect(result).to.equal("done");
  });

  it("is free again after a failure", async () => {
    const path = join(folder, "lock");
    const fail = (): Promise<never> => Promise.reject(new Error("boom"));
    await withFileLock(path, { timeoutMs: 1_000 }, fail).catch(() => undefined);
    const again = await withFileLock(path, { timeoutMs: 1_000 }, () => Promise.resolve(1));
    expect(again).to.equal(1);
  });
});

describe("isRunning", () => {
  it("knows this process, and tells it from another with its number", () => {
    const self = identifyProcess(process.pid);
    if (!self) throw new Error("this process is running");
    expect(isRunning(self)).to.equal(true);
    expect(isRunning({ ...self, startedAt: "0" })).to.equal(false);
  });
});
