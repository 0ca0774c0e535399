import { expect } from "chai";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FileRegistry } from "../../../src/adapters/file-registry/file-registry.ts";
import { isOperatingError } from "../../../src/api/errors/operating-error.ts";
import { stateCommand } from "../../../src/processes/state/main.ts";
import { RecordingLogger } from "../../support/recording-logger.ts";

describe("orchestrator state, on the folder of a standalone master (HA-07)", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "state-"));
    const registry = await FileRegistry.open(join(folder, "a"), new RecordingLogger());
    await registry.put("agent", "S1", new TextEncoder().encode("{}"));
    await registry.put("framework", "F1", new TextEncoder().encode("{}"));
    await registry.close();
  });
  afterEach(() => rm(folder, { recursive: true }));

  const run = (...argv: readonly string[]): Promise<unknown> =>
    stateCommand()
      .exitOverride()
      .parseAsync([...argv], { from: "user" });
  const failure = (work: Promise<unknown>): Promise<unknown> =>
    work.then(
      () => undefined,
      (error: unknown) => error,
    );

  it("carries the records to another folder", async () => {
    const file = join(folder, "backup");
    await run("backup", "--work-dir", join(folder, "a"), "--out", file);
    await run("verify", file);
    await run("restore", file, "--work-dir", join(folder, "b"));
    const copy = await FileRegistry.open(join(folder, "b"), new RecordingLogger());
    expect((await copy.list("agent")).map(({ key }) => key)).to.deep.equal(["S1"]);
    expect((await copy.list("framework")).map(({ key }) => key)).to.deep.equal(["F1"]);
    await copy.close();
  });

  it("restores nothing from a file that was damaged", async () => {
    const file = join(folder, "backup");
    await run("backup", "--work-dir", join(folder, "a"), "--out", file);
    await writeFile(file, (await readFile(file, "utf8")).replace("S1", "S2"));
    const error = await failure(run("restore", file, "--work-dir", join(folder, "b")));
    expect(isOperatingError(error, "REGISTRY_CORRUPT")).to.equal(true);
  });

  it("asks which records are meant", async () => {
    const error = await failure(run("backup", "--out", join(folder, "backup")));
    expect(isOperatingError(error, "CONFIG_INVALID")).to.equal(true);
  });
});
