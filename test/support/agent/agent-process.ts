import { type ChildProcess, spawn } from "node:child_process";

const CLI = new URL("../../../src/processes/cli/main.ts", import.meta.url).pathname;

/** `orchestrator agent`, as arguments of node. */
export const AGENT: readonly string[] = [CLI, "agent"];

/** An agent as a process of its own, so that it can be killed like one. */
export class AgentProcess {
  readonly #flags: readonly string[];
  #child: ChildProcess;

  constructor(flags: readonly string[]) {
    this.#flags = ["--port=0", "--log_level=error", ...flags];
    this.#child = this.#start();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** SIGKILL, and a new life. */
  async crash(): Promise<void> {
    await this.end("SIGKILL");
    this.#child = this.#start();
  }

  async end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill(signal);
    await ended;
  }

  #start(): ChildProcess {
    return spawn(process.execPath, [...AGENT, ...this.#flags], {
      stdio: ["ignore", "ignore", "inherit"],
    });
  }
}
