import { expect } from "chai";
import { ProcessLauncher } from "../../../../../src/services/agent/launchers/process-launcher.ts";
import type { ProcessHost } from "../../../../../src/services/agent/process-ports.ts";
import { makeRecord } from "../../../../support/agent/builders.ts";
import { VirtualClock } from "../../../../support/virtual-clock.ts";

const record = makeRecord();

describe("ProcessLauncher", () => {
  let clock: VirtualClock;
  let sent: string[];
  /** Signals that cannot be sent before one can. */
  let failuresLeft: number;
  let isAlive: boolean;
  let launcher: ProcessLauncher;

  beforeEach(() => {
    clock = new VirtualClock();
    sent = [];
    failuresLeft = 0;
    isAlive = true;
    const host: ProcessHost = {
      spawn: () => Promise.resolve(),
      look: () => (isAlive ? { kind: "running", pid: 7 } : { kind: "vanished" }),
      signal: (_metaFolder, signal) => {
        failuresLeft -= 1;
        if (failuresLeft >= 0) throw new Error("cannot read the cgroup");
        sent.push(signal);
        return Promise.resolve();
      },
      cleanUp: () => Promise.resolve(),
      onChange: () => undefined,
      follow: () => undefined,
    };
    launcher = new ProcessLauncher({
      host,
      folders: {
        sandbox: () => "sandbox",
        volume: ({ role, id }) => `volumes/${role}/${id}`,
        meta: (...ids) => ids.join("/"),
      },
      clock,
      options: {
        agentEndpoint: "h:5051",
        recoveryTimeoutMs: 900_000,
        shutdownGraceMs: 5_000,
        path: "/bin",
        rules: { canSwitchUser: false, requireNonRoot: false, cpuLimits: false, limitSwap: false },
        cgroups: [],
        cgroupsRoot: "mesos",
      },
    });
  });

  const stop = (graceMs = 5_000): Promise<void> =>
    launcher.stop(record, [
      { taskId: "task-1", kill: { cause: "request", dueMs: clock.nowMs() + graceMs } },
    ]);

  it("MES-30 sends SIGTERM, and SIGKILL when the grace is over, again while it lives", async () => {
    await stop();
    await clock.advance(4_000);
    expect(sent).to.eql(["SIGTERM"]);
    await clock.advance(2_500);
    isAlive = false;
    await clock.advance(60_000);
    expect(sent).to.eql(["SIGTERM", "SIGKILL", "SIGKILL"]);
  });

  it("kills a task in time that SIGTERM could not be sent to", async () => {
    failuresLeft = 1;
    expect(await stop().catch(() => "failed")).to.equal("failed");
    await clock.advance(5_500);
    expect(sent).to.eql(["SIGKILL"]);
  });

  it("sends SIGTERM when the order is repeated that failed", async () => {
    failuresLeft = 1;
    await stop().catch(() => undefined);
    await stop();
    await stop();
    expect(sent).to.eql(["SIGTERM"]);
  });

  it("kills earlier when an order says so, and never later", async () => {
    await stop(10_000);
    await stop(2_000);
    await stop(60_000);
    await clock.advance(2_500);
    expect(sent).to.eql(["SIGTERM", "SIGKILL"]);
  });

  it("sends SIGKILL again although it could not be sent", async () => {
    await stop();
    failuresLeft = 1;
    await clock.advance(6_500);
    expect(sent).to.eql(["SIGTERM", "SIGKILL"]);
  });
});
