import { Command, CommanderError } from "commander";
import { keepAlive } from "../../adapters/system-clock/keep-alive.ts";
import { isOperatingError } from "../../api/errors/operating-error.ts";
import { EXIT, exitCodeOf, type ExitCode } from "../../runtime/manager/exit-codes.ts";
import { VERSION } from "../version.ts";

interface Process {
  readonly about: string;
  readonly load: () => Promise<Command>;
}

/**
 * `orchestrator <process>`: one command line for every process. A process is loaded only when it is asked for, so that
 * an agent does not pay for the operator's libraries.
 */
const PROCESSES: Readonly<Record<string, Process>> = {
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
  audit: {
    about: "verify audit logs",
    load: async () => (await import("../audit/main.ts")).auditCommand(),
  },
  framework: {
    about: "run a small Mesos framework against a master: short tasks, or a known offer pattern",
    load: async () => (await import("../framework/main.ts")).frameworkCommand(),
  },
  "mesos-execute": {
    about: "run one command, task or task group on the pool and wait for its end",
    load: async () => (await import("../mesos-execute/main.ts")).mesosExecuteCommand(),
  },
};

const [name, ...rest] = process.argv.slice(2);
const wanted = name === undefined ? undefined : PROCESSES[name];
// Timers of the clock do not: a process that waits to try again (its API server is away) would end with code 13.
const letGo = keepAlive();
try {
  if (wanted === undefined) await run(overview(), process.argv.slice(2));
  else await run((await wanted.load()).description(wanted.about), rest);
} catch (error) {
  process.exitCode = toldExitCode(error);
} finally {
  letGo();
}

async function run(command: Command, argv: readonly string[]): Promise<void> {
  // Else commander ends the process itself, and with 1 where configuration is wrong.
  for (const one of [command, ...command.commands]) one.exitOverride();
  await command.parseAsync(argv, { from: "user" });
}

function overview(): Command {
  const program = new Command("orchestrator")
    .description("one fair pool on Kubernetes for everything that ran on Mesos and Marathon")
    .version(VERSION);
  for (const [command, { about }] of Object.entries(PROCESSES)) {
    program.command(command).description(about);
  }
  return program;
}

/** Says what is wrong on standard error, unless commander did. @throws what is no mistake of whoever called us. */
function toldExitCode(error: unknown): ExitCode {
  if (error instanceof CommanderError) {
    return error.exitCode === 0 ? EXIT.stopped : EXIT.badConfiguration;
  }
  if (!isOperatingError(error)) throw error;
  console.error(`${error.message}\n${error.hint}`);
  return exitCodeOf(error);
}
