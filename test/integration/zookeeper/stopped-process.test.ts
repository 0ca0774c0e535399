import { expect } from "chai";
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { execPath } from "node:process";
import { until } from "../../cluster/host/until.ts";
import { useEnsemble } from "../../support/zk-ensemble/use-ensemble.ts";

const SCRIPT = join(import.meta.dirname, "../../support/election/contender.ts");

interface Contender {
  readonly child: ChildProcess;
  readonly said: string[];
  readonly ended: Promise<number | null>;
}

describe("candidates that are stopped and killed, each a process (HA-01, HA-12)", function () {
  this.timeout(60_000);
  const ensemble = useEnsemble({ servers: 1 });
  let contenders: Contender[] = [];

  afterEach(async () => {
    for (const { child } of contenders) child.kill("SIGKILL");
    await Promise.all(contenders.map(({ ended }) => ended));
    contenders = [];
  });

  function start(name: string, path: string): Contender {
    const child = spawn(execPath, [SCRIPT, ensemble().addresses.join(","), path, name], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const said: string[] = [];
    child.stdout.on("data", (piece: Buffer) => {
      said.push(...piece.toString().trim().split("\n"));
    });
    const ended = new Promise<number | null>((resolve) => child.once("close", resolve));
    const contender = { child, said, ended };
    contenders.push(contender);
    return contender;
  }
  const leads = ({ said }: Contender): Promise<boolean> =>
    until("it leads", () => said.some((line) => line.startsWith("leads")), {
      timeoutMs: 15_000,
      intervalMs: 10,
    });
  /** When it served, by the wall clock. */
  const served = ({ said }: Contender): readonly number[] => {
    const line = said.find((one) => one.startsWith("served")) ?? "";
    return line.split(" ").slice(1).map(Number);
  };

  it("a leader that stood still wakes up without its term and ends with 1, whoever leads since", async () => {
    const a = start("a", "/stopped");
    await leads(a);
    const b = start("b", "/stopped");
    a.child.kill("SIGSTOP");
    const stoppedAtMs = Date.now();
    await leads(b);
    const leadsSinceMs = Date.now();
    a.child.kill("SIGCONT");
    expect(await a.ended).to.equal(1);
    const [fromMs = NaN, untilMs = NaN] = served(a);
    expect(fromMs).to.be.below(stoppedAtMs);
    expect(untilMs, "no work after the stop").to.be.below(leadsSinceMs);
    expect(untilMs - stoppedAtMs).to.be.at.most(50);
    expect(b.said.filter((line) => line.startsWith("served"))).to.deep.equal([]);
  });

  it("F1: a killed leader is followed within its session, a graceful one at once", async () => {
    const a = start("a", "/killed");
    await leads(a);
    const b = start("b", "/killed");
    const c = start("c", "/killed");
    await until("all have joined", async () => (await names()).length === 3, {
      timeoutMs: 15_000,
    });
    let startMs = performance.now();
    a.child.kill("SIGKILL");
    const second = await Promise.race([leads(b).then(() => b), leads(c).then(() => c)]);
    expect(performance.now() - startMs).to.be.within(1_500, 5_000);
    startMs = performance.now();
    second.child.kill("SIGTERM");
    await leads(second === b ? c : b);
    expect(performance.now() - startMs).to.be.at.most(1_500);
    expect(await second.ended).to.equal(0);
  });

  async function names(): Promise<readonly string[]> {
    const out = await ensemble().cli("ls", "/killed");
    return out.match(/json\.info_\d+/g) ?? [];
  }
});
