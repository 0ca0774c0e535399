import { Command } from "commander";
import { SchedulerHttp } from "../../adapters/mesos-scheduler-http/scheduler-http.ts";
import { executeEnd, executeLogic } from "../../domain/frameworks/execute/execute.ts";
import { EXIT, type ExitCode } from "../../runtime/manager/exit-codes.ts";
import { runFramework } from "../../services/frameworks/run-framework.ts";
import { openParts, type ProcessParts, runProcess } from "../run-process.ts";
import { type ExecuteConfig, parseExecuteConfig } from "./config.ts";
import { EXECUTE_HELP } from "./help.ts";

/** `orchestrator mesos-execute`: flags in Mesos' spelling; standard output is what Mesos' own command prints. */
export function mesosExecuteCommand(): Command {
  return new Command("mesos-execute")
    .argument("[flags...]", "flags in the spelling of Mesos, e.g. --master=mesos-master:5050")
    .allowUnknownOption()
    .addHelpText("after", EXECUTE_HELP)
    .action(async (flags: readonly string[]) => {
      const config = parseExecuteConfig(flags);
      const parts = openParts("mesos-execute", config.logLevel, process.stderr);
      await runProcess(parts, (stop) => execute(config, parts, stop));
    });
}

/** 0 when every task finished, 1 otherwise; stopped by a signal, the framework and its tasks end too. */
async function execute(
  config: ExecuteConfig,
  parts: ProcessParts,
  stop: AbortSignal,
): Promise<ExitCode> {
  const { masters, contentType, credential, info, spec } = config;
  const api = new SchedulerHttp({
    masters,
    contentType,
    ...(credential === undefined ? {} : { credential }),
  });
  try {
    const logic = executeLogic(spec);
    const say = (line: string): void => void process.stdout.write(`${line}\n`);
    const state = await runFramework({ ...parts, logic, info, api, say, atStop: "teardown" }, stop);
    return executeEnd(state)?.kind === "done" ? EXIT.stopped : EXIT.failed;
  } finally {
    await api.close();
  }
}
