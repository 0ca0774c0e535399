import { expect } from "chai";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execPath } from "node:process";
import { SystemClock } from "../../../src/adapters/system-clock/system-clock.ts";
import { NzcElectionStore } from "../../../src/adapters/zookeeper/nzc/nzc-election-store.ts";
import { findFreePorts } from "../../cluster/host/free-port.ts";
import { until } from "../../cluster/host/until.ts";
import { detectAsMesosGo, detectAsPymesos } from "../../support/election/detectors.ts";
import { RecordingLogger } from "../../support/recording-logger.ts";
import { useEnsemble } from "../../support/zk-ensemble/use-ensemble.ts";

const CLI = join(import.meta.dirname, "../../../src/processes/cli/main.ts");
const PATH = "/published/mesos";
const SESSION_MS = 6_000;

describe("a master that elects otherwise is published in a real ZooKeeper (MES-02)", function () {
  this.timeout(90_000);
  const ensemble = useEnsemble({ servers: 1 });
  let folder: string;
  let port: number;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "orchestrator-published-"));
    [port = 0] = await findFreePorts(1);
  });
  afterEach(() => {
    for (const child of children) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  });

  /** `orchestrator master --standalone`, whose records are in the folder; resolves when it leads. */
  async function start(): Promise<ChildProcess> {
    const child = spawn(
      execPath,
      [
        CLI,
        "master",
        "--standalone",
        `--zk=zk://${ensemble().addresses.join(",")}${PATH}`,
        `--work-dir=${folder}`,
        `--port=${port}`,
        "--ip=127.0.0.1",
        "--advertise-ip=127.0.0.1",
        "--health-port=0",
        "--health-address=127.0.0.1",
        "--log-level=warn",
      ],
      { stdio: ["ignore", "inherit", "inherit"] },
    );
    children.push(child);
    await until("it leads", async () => (await state()).status === 200, { timeoutMs: 20_000 });
    return child;
  }
  const state = (): Promise<Response> => fetch(`http://127.0.0.1:${port}/master/state`);
  const members = async (): Promise<readonly string[]> => {
    const out = await ensemble()
      .cli("ls", PATH)
      .catch(() => "");
    return out.match(/json\.info_\d+/g) ?? [];
  };
  const hasMembers = (count: number, withinMs: number): Promise<boolean> =>
    until(`${count} members`, async () => (await members()).length === count, {
      timeoutMs: withinMs,
    });
  const ended = (child: ChildProcess): Promise<number | null> =>
    new Promise((resolve) => child.once("exit", resolve));

  it("is found by detectors of the field as what /master/state says it is, and gone with a goodbye", async () => {
    const master = await start();
    await hasMembers(1, 10_000);
    for (const detect of [detectAsPymesos, detectAsMesosGo]) {
      expect(await detect(ensemble(), PATH)).to.deep.equal({ ip: "127.0.0.1", port });
    }
    const [name] = await members();
    const out = await ensemble().cli("get", `${PATH}/${name!}`);
    const data = JSON.parse(out.split("\n").find((line) => line.startsWith("{")) ?? "") as {
      id: string;
    };
    const told = (await (await state()).json()) as { id: string; flags: { zk: string } };
    expect(data.id).to.equal(told.id);
    expect(told.flags.zk).to.include(PATH);
    const end = ended(master);
    master.kill("SIGTERM");
    expect(await end).to.equal(0);
    expect(await members()).to.deep.equal([]);
  });

  it("replaces what it left when it was killed, though the session of that has not run out", async () => {
    const killed = await start();
    await hasMembers(1, 10_000);
    const store = new NzcElectionStore({
      servers: ensemble().addresses,
      path: PATH,
      sessionMs: SESSION_MS,
      clock: new SystemClock(),
      logger: new RecordingLogger(),
    });
    const session = await store.open(new AbortController().signal);
    const [shown = ""] = await members();
    const data = await session.read(shown);
    const end = ended(killed);
    killed.kill("SIGKILL");
    await end;
    // In a session of the test's own, which lives on, however long the next process takes to start.
    const left = await session.join("json.info_", data!);
    const next = await start();
    await until(
      "only the new one is there",
      async () => {
        const names = await members();
        return names.length === 1 && names[0] !== left && names[0] !== shown;
      },
      { timeoutMs: 3 * SESSION_MS },
    );
    expect(session.lost.aborted).to.equal(false);
    await session.close();
    next.kill("SIGSTOP");
    await hasMembers(0, 2 * SESSION_MS);
    next.kill("SIGCONT");
    await hasMembers(1, 2 * SESSION_MS);
    expect((await state()).status, "a lost session ends no term of another kind").to.equal(200);
  });
});
