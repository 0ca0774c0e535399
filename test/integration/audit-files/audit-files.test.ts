import { execFile } from "node:child_process";
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { DailyAuditFiles } from "../../../src/adapters/audit-files/daily-audit-files.ts";
import { endOf } from "../../../src/services/audit-log/audit-chain.ts";
import { ChainedAuditLog } from "../../../src/services/audit-log/chained-audit-log.ts";
import { RecordingLogger } from "../../support/recording-logger.ts";
import { VirtualClock } from "../../support/virtual-clock.ts";

const ENTRY = {
  principal: "ops",
  groups: [],
  sourceIp: "10.0.0.9",
  verb: "TEARDOWN",
  resource: "frameworks/f1",
  code: 200,
  outcome: "done",
} as const;
const DAY_MS = 24 * 3600 * 1000;

describe("audit files (SEC-19)", () => {
  let folder: string;
  let clock: VirtualClock;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "audit-"));
    clock = new VirtualClock();
  });
  afterEach(() => rm(folder, { recursive: true }));

  const write = async (count: number): Promise<void> => {
    const logger = new RecordingLogger();
    const options = { folder, retentionDays: 2 };
    const { files, lastLine } = await DailyAuditFiles.open(options, { clock, logger });
    const begin = lastLine === undefined ? undefined : endOf(lastLine);
    const chained = { process: "master", sink: files, clock };
    const log = new ChainedAuditLog(begin === undefined ? chained : { ...chained, begin });
    for (let i = 0; i < count; i += 1) log.write(ENTRY);
    await files.settled();
    expect(logger.lines.filter(({ level }) => level === "error")).to.deep.equal([]);
  };
  const orchestrator = (
    ...args: string[]
  ): Promise<{ readonly code: number; readonly text: string }> =>
    new Promise((resolve) => {
      const cli = join(import.meta.dirname, "../../../src/processes/cli/main.ts");
      execFile(process.execPath, [cli, ...args], (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), text: `${stdout}${stderr}` });
      });
    });
  const paths = async (): Promise<string[]> =>
    (await readdir(folder)).sort().map((name) => join(folder, name));

  it("are one a day, and are removed when they are too old", async () => {
    for (let day = 0; day < 4; day += 1) {
      await write(2);
      await clock.advance(DAY_MS);
    }
    expect(await readdir(folder)).to.have.members([
      "audit-2026-01-02.jsonl",
      "audit-2026-01-03.jsonl",
      "audit-2026-01-04.jsonl",
    ]);
  });

  it("hold one chain over days and runs, which the command verifies", async () => {
    await write(3);
    await write(2);
    await clock.advance(DAY_MS);
    await write(1);
    const files = await paths();
    const whole = await orchestrator("audit", "verify", ...files);
    expect(whole.text).to.match(/^whole: 6 lines, up to 6:[0-9a-f]{64}\n$/);
    expect(whole.code).to.equal(0);
    const [first = "", second = ""] = files;
    const lines = (await readFile(first, "utf8")).split("\n");
    await writeFile(first, lines.toSpliced(1, 1).join("\n"));
    const broken = await orchestrator("audit", "verify", first, second);
    expect(broken.text).to.equal(`broken: ${first}: line 2 is number 3, not 2\n`);
    expect(broken.code).to.equal(1);
  });

  const endings: Record<string, (newest: string) => Promise<void>> = {
    "a line that a crash tore": (newest) => appendFile(newest, '{"ts":"2026-01-02T0'),
    "a file whose only line was torn": (newest) => writeFile(newest, '{"ts":"2026'),
    "an empty file": (newest) => writeFile(newest, ""),
    "a line that lacks its end only": async (newest) =>
      writeFile(newest, (await readFile(newest, "utf8")).trimEnd()),
  };
  for (const [what, tear] of Object.entries(endings)) {
    it(`go on in one chain after ${what}`, async () => {
      await write(2);
      await clock.advance(DAY_MS);
      await write(1);
      await tear((await paths()).at(-1) ?? "");
      await write(2);
      const { text, code } = await orchestrator("audit", "verify", ...(await paths()));
      expect(text).to.match(/^whole: [45] lines/);
      expect(code).to.equal(0);
    });
  }
});
