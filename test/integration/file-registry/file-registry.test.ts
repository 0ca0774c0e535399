import { appendFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { crc32c } from "../../../src/adapters/file-registry/crc32c.ts";
import { FileRegistry } from "../../../src/adapters/file-registry/file-registry.ts";
import { isOperatingError } from "../../../src/api/errors/operating-error.ts";
import { RecordingLogger } from "../../support/recording-logger.ts";
import { describeRegistry } from "../../support/registry/registry-contract.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe("FileRegistry on a disk", () => {
  const folders: string[] = [];
  const opened: FileRegistry[] = [];
  const newFolder = async (): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), "registry-"));
    folders.push(folder);
    return folder;
  };
  const openIn = async (folder: string, logger = new RecordingLogger()): Promise<FileRegistry> => {
    const registry = await FileRegistry.open(folder, logger);
    opened.push(registry);
    return registry;
  };
  const keys = async (registry: FileRegistry): Promise<string[]> =>
    (await registry.list("agent")).map(({ key }) => key);

  afterEach(async () => {
    for (const registry of opened.splice(0)) await registry.close();
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
  });

  describeRegistry("FileRegistry", async () => openIn(await newFolder()));

  it("keeps what was acknowledged when the process dies without closing", async () => {
    const folder = await newFolder();
    const first = await openIn(folder);
    await Promise.all([first.put("agent", "a", bytes("1")), first.put("agent", "b", bytes("2"))]);
    await first.delete("agent", "a");
    const second = await openIn(folder);
    expect(await keys(second)).to.deep.equal(["b"]);
    expect(await second.get("agent", "b")).to.deep.include({ bytes: Buffer.from("2") });
  });

  it("cuts a torn last write off, whatever its length, and says so (MES-37)", async () => {
    const folder = await newFolder();
    const path = join(folder, "registry.log");
    const first = await openIn(folder);
    await first.put("agent", "a", bytes("1"));
    const whole = (await stat(path)).size;
    await first.put("agent", "b", bytes("2"));
    const size = (await stat(path)).size;
    const log = await readFile(path);
    for (let end = size - 1; end > whole; end -= 1) {
      await writeFile(path, log);
      await truncate(path, end);
      const logger = new RecordingLogger();
      const registry = await FileRegistry.open(folder, logger);
      expect(await keys(registry), `cut at ${end}`).to.deep.equal(["a"]);
      await registry.put("agent", "c", bytes("3"));
      await registry.close();
      expect(await keys(await openIn(folder))).to.have.members(["a", "c"]);
    }
  });

  it("refuses damage that is not at the end", async () => {
    const folder = await newFolder();
    const path = join(folder, "registry.log");
    const first = await openIn(folder);
    await first.put("agent", "a", bytes("1"));
    await first.put("agent", "b", bytes("2"));
    const log = await readFile(path);
    log[20] = (log[20] ?? 0) ^ 1;
    await writeFile(path, log);
    const refusal: unknown = await FileRegistry.open(folder, new RecordingLogger()).catch(
      (error: unknown) => error,
    );
    expect(isOperatingError(refusal, "REGISTRY_CORRUPT")).to.equal(true);
    await writeFile(path, "");
  });

  it("rewrites its log at close: what was deleted takes no room", async () => {
    const folder = await newFolder();
    const registry = await FileRegistry.open(folder, new RecordingLogger());
    for (let n = 0; n < 50; n += 1) await registry.put("agent", "a", bytes(String(n)));
    await registry.close();
    const lines = (await readFile(join(folder, "registry.log"), "utf8")).trim().split("\n");
    expect(lines).to.have.length(1);
  });

  it("shares one fsync among changes that come together", async () => {
    const registry = await openIn(await newFolder());
    const all = Array.from({ length: 2000 }, (_, n) =>
      registry.put("agent", `a${n}`, bytes("x".repeat(100))),
    );
    await Promise.all(all);
    expect(await keys(registry)).to.have.length(2000);
  });

  it("cuts off what was never a line of its own", async () => {
    const folder = await newFolder();
    const registry = await FileRegistry.open(folder, new RecordingLogger());
    await registry.put("agent", "a", bytes("1"));
    await registry.close();
    await appendFile(join(folder, "registry.log"), "garbage");
    expect(await keys(await openIn(folder))).to.deep.equal(["a"]);
  });

  it("sums with CRC-32C", () => {
    expect(crc32c(bytes("123456789")).toString(16)).to.equal("e3069283");
  });
});
