import { Command } from "commander";
import { keepAlive } from "../../adapters/system-clock/keep-alive.ts";
import { isOperatingError } from "../../api/errors/operating-error.ts";
import { exitCodeOf } from "../../runtime/manager/exit-codes.ts";
import { VERSION } from "../version.ts";

/**
 * `orchestrator <process>`: one command line for every process. A process is loaded only when it is asked for, so that
 * an agent does not pay for the operator's libraries.
 */
const PROCESSES: Readonly<
  Record<string, { readonly about: string; readonly load: () => Promise<Command> }>
> = {
  operator: {
    about: "run the reconcilers of MesosClusters and MarathonApps",
    load: async () => (await import("../operator/main.ts")).operatorCommand(),
  },
  master: {
    about: "run the offer engine: allocator, Mesos v1 API, pod admission",
    load: async () => (await import("../master/main.ts")).masterCommand(),
  },
  agent: {
    about: "offer this machine or node to the pool and run its tasks",
    load: async () => (await import("../agent/main.ts")).agentCommand(),
  },
  marathon: {
    about: "serve Marathon's v2 API over MarathonApps",
    load: async () => (await import("../marathon/main.ts")).marathonCommand(),
  },
  state: {
    about: "back up, restore or verify the state of masters",
    load: async () => (await import("../state/main.ts")).stateCommand(),
  },
  framework: {
    about: "run a small Mesos framework of short tasks against a master",
    load: async () => (await import("../framework/main.ts")).frameworkCommand(),
  },
};

const [name, ...rest] = process.argv.slice(2);
const wanted = name === undefined ? undefined : PROCESSES[name];
if (wanted === undefined) {
  const program = new Command("orchestrator")
    .description("one fair pool on Kubernetes for everything that ran on Mesos and Marathon")
    .version(VERSION);
  for (const [command, { about }] of Object.entries(PROCESSES)) {
    program.command(command).description(about);
  }
  await program.parseAsync();
} else {
  const command = await wanted.load();
  // Timers of the clock do not: a process that waits to try again (its API server is away) would end with code 13.
  const letGo = keepAlive();
  try {
    await command.parseAsync(rest, { from: "user" });
  } catch (error) {
    if (!isOperatingError(error)) throw error;
    console.error(`${error.message}\n${error.hint}`);
    process.exitCode = exitCodeOf(error);
  } finally {
    letGo();
  }
}
