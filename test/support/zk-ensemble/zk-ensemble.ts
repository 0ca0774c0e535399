import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePorts } from "../../cluster/host/free-port.ts";
import { runCommand } from "../../cluster/host/run-command.ts";
import { until } from "../../cluster/host/until.ts";
import { zooKeeperClassPath } from "./class-path.ts";
import { ZkServer, type ZkServerPlan } from "./zk-server.ts";

export interface ZkEnsembleOptions {
  /** 1, 3 or 5. */
  readonly servers: number;
  readonly tickMs?: number;
  readonly sessionMaxMs?: number;
}

/** Real ZooKeeper servers on loopback, in a folder of their own; `stop` leaves nothing behind. */
export class ZkEnsemble {
  readonly servers: readonly ZkServer[];
  readonly #folder: string;
  readonly #classPath: string;

  private constructor(servers: readonly ZkServer[], folder: string, classPath: string) {
    this.servers = servers;
    this.#folder = folder;
    this.#classPath = classPath;
  }

  static async start(options: ZkEnsembleOptions): Promise<ZkEnsemble> {
    const classPath = await zooKeeperClassPath();
    const folder = mkdtempSync(join(tmpdir(), "orchestrator-zk-"));
    const ports = await findFreePorts(3 * options.servers);
    const plans: ZkServerPlan[] = Array.from({ length: options.servers }, (_, index) => ({
      id: index + 1,
      clientPort: ports[3 * index]!,
      peerPort: ports[3 * index + 1]!,
      electionPort: ports[3 * index + 2]!,
    }));
    const { tickMs = 200, sessionMaxMs = 60_000 } = options;
    const servers = plans.map(
      (plan) => new ZkServer(plan, { classPath, folder, plans, tickMs, sessionMaxMs }),
    );
    const ensemble = new ZkEnsemble(servers, folder, classPath);
    try {
      for (const server of servers) server.start();
      await ensemble.ready();
      return ensemble;
    } catch (error) {
      await ensemble.stop();
      throw error;
    }
  }

  get addresses(): readonly string[] {
    return this.servers.map(({ address }) => address);
  }

  async ready(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.ready()));
  }

  /** The servers by what they are now. */
  async byMode(mode: "leader" | "follower"): Promise<readonly ZkServer[]> {
    const modes = await Promise.all(this.servers.map((server) => server.mode()));
    return this.servers.filter((_, index) => modes[index] === mode);
  }

  /** Output of ZooKeeper's own command line, e.g. `ls /mesos`: a client that shares nothing with ours. */
  async cli(...command: readonly string[]): Promise<string> {
    return runCommand("java", [
      "-Xmx64m",
      "-XX:TieredStopAtLevel=1",
      "-Dorg.slf4j.simpleLogger.defaultLogLevel=off",
      "-cp",
      this.#classPath,
      "org.apache.zookeeper.ZooKeeperMain",
      "-server",
      this.addresses.join(","),
      ...command,
    ]);
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.servers.map((server) => {
        server.resume();
        return server.kill();
      }),
    );
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Waits until the ensemble has a leader that serves. */
  async quorum(): Promise<void> {
    if (this.servers.length === 1) return this.ready();
    await until(
      "a leader of the ensemble",
      async () => (await this.byMode("leader")).length === 1,
      {
        timeoutMs: 60_000,
      },
    );
  }
}
