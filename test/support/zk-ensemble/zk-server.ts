import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { until } from "../../cluster/host/until.ts";

/** A member of an ensemble: its number, and the ports it has on loopback. */
export interface ZkServerPlan {
  readonly id: number;
  readonly clientPort: number;
  readonly peerPort: number;
  readonly electionPort: number;
}

export interface ZkServerOptions {
  readonly classPath: string;
  readonly folder: string;
  /** All members; one alone runs standalone. */
  readonly plans: readonly ZkServerPlan[];
  /** Unit of all times; sessions are granted from twice to `sessionTicksMax` times this. */
  readonly tickMs: number;
  readonly sessionMaxMs: number;
}

const READY_MAX_MS = 60_000;

/** One ZooKeeper server, a process of this machine. */
export class ZkServer {
  readonly plan: ZkServerPlan;
  readonly #options: ZkServerOptions;
  readonly #folder: string;
  #process: ChildProcess | undefined;

  constructor(plan: ZkServerPlan, options: ZkServerOptions) {
    this.plan = plan;
    this.#options = options;
    this.#folder = join(options.folder, `server-${plan.id}`);
    mkdirSync(join(this.#folder, "data"), { recursive: true });
    writeFileSync(join(this.#folder, "data", "myid"), String(plan.id));
    writeFileSync(join(this.#folder, "zoo.cfg"), this.#configuration());
  }

  get address(): string {
    return `127.0.0.1:${this.plan.clientPort}`;
  }

  /** Starts the process; {@link ready} tells when it serves. */
  start(): void {
    const log = openSync(join(this.#folder, "log"), "a");
    const child = spawn(
      "java",
      [
        "-Xmx128m",
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-Dzookeeper.admin.enableServer=false",
        "-Dzookeeper.jmx.log4j.disable=true",
        "-cp",
        this.#options.classPath,
        "org.apache.zookeeper.server.quorum.QuorumPeerMain",
        join(this.#folder, "zoo.cfg"),
      ],
      { stdio: ["ignore", log, log] },
    );
    closeSync(log);
    this.#process = child;
    const killWithUs = (): void => void child.kill("SIGKILL");
    process.once("exit", killWithUs);
    child.once("exit", () => process.off("exit", killWithUs));
  }

  /** Resolves when `srvr` shows a mode. */
  async ready(): Promise<void> {
    await until(`ZooKeeper server ${this.plan.id}`, () => this.mode(), {
      timeoutMs: READY_MAX_MS,
    }).catch((error: unknown) => {
      const log = readFileSync(join(this.#folder, "log"), "utf8").slice(-2_000);
      throw new Error(`${String(error)}\n${log}`);
    });
  }

  /** leader, follower or standalone; undefined while it does not serve. */
  async mode(): Promise<string | undefined> {
    return /^Mode: (\w+)$/m.exec(await this.fourLetters("srvr"))?.[1];
  }

  /** What the server says to a four-letter word; "" when it cannot be reached. */
  fourLetters(word: string): Promise<string> {
    return new Promise((resolve) => {
      let text = "";
      const socket = connect(this.plan.clientPort, "127.0.0.1", () => socket.write(word));
      socket.setTimeout(1_000, () => socket.destroy());
      socket.on("data", (piece) => (text += piece.toString()));
      socket.on("error", () => undefined);
      socket.on("close", () => resolve(text));
    });
  }

  /** The process goes on existing, and does nothing: connections stay open, nothing is answered. */
  pause(): void {
    this.#process?.kill("SIGSTOP");
  }

  resume(): void {
    this.#process?.kill("SIGCONT");
  }

  /** Ends the process without a goodbye; resolves when it is gone. */
  kill(): Promise<void> {
    const running = this.#process;
    this.#process = undefined;
    if (running === undefined || running.exitCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      running.once("exit", () => resolve());
      running.kill("SIGKILL");
    });
  }

  #configuration(): string {
    const { plans, tickMs, sessionMaxMs } = this.#options;
    const lines = [
      `tickTime=${tickMs}`,
      "initLimit=20",
      "syncLimit=10",
      `dataDir=${join(this.#folder, "data")}`,
      `clientPort=${this.plan.clientPort}`,
      "clientPortAddress=127.0.0.1",
      `minSessionTimeout=${2 * tickMs}`,
      `maxSessionTimeout=${sessionMaxMs}`,
      "4lw.commands.whitelist=srvr,dump,cons",
      "admin.enableServer=false",
      "forceSync=no",
      "maxClientCnxns=0",
      ...(plans.length === 1
        ? []
        : plans.map(
            ({ id, peerPort, electionPort }) =>
              `server.${id}=127.0.0.1:${peerPort}:${electionPort}`,
          )),
    ];
    return `${lines.join("\n")}\n`;
  }
}
