import { Command } from "commander";
import { SchedulerHttp } from "../../adapters/mesos-scheduler-http/scheduler-http.ts";
import { EXIT, type ExitCode } from "../../runtime/manager/exit-codes.ts";
import {
  runShortTasks,
  type ShortTasksFramework,
} from "../../services/frameworks/run-short-tasks.ts";
import { openParts, type ProcessParts, runProcess } from "../run-process.ts";
import { type FrameworkConfig, parseFrameworkConfig } from "./config.ts";

/** `orchestrator framework`: a small Mesos framework that runs short commands, and ends when they have finished. */
export function frameworkCommand(): Command {
  return new Command("framework")
    .requiredOption("--master <urls>", "masters, comma-separated, e.g. http://mesos-master:5050")
    .option("--role <role>", "role that is charged", "*")
    .option("--name <name>", "framework name, first part of the task ids", "short-tasks")
    .option("--user <user>", "user of the tasks", "nobody")
    .option("--tasks <count>", "tasks that shall finish; 0 = for ever", "10")
    .option("--parallel <count>", "tasks at a time", "4")
    .option("--cpus <cpus>", "cpus of a task", "0.1")
    .option("--mem <MiB>", "memory of a task", "32")
    .option("--command <line>", "shell command of a task", "sleep 1; echo done")
    .option("--failover-timeout <seconds>", "how long tasks outlive this process", "60")
    .option("--log-level <level>", "error, warn, info or debug", "info")
    .action(async (options: Readonly<Record<string, unknown>>) => {
      const config = parseFrameworkConfig(options);
      const parts = openParts("framework", config.logLevel);
      await runProcess(parts, (stop) => runFramework(config, parts, stop));
    });
}

/** 0 when all tasks finished, or it ran for ever and was stopped; 1 otherwise. */
async function runFramework(
  config: FrameworkConfig,
  { clock, random, logger }: ProcessParts,
  stop: AbortSignal,
): Promise<ExitCode> {
  const api = new SchedulerHttp({ masters: config.master });
  try {
    const framework = { ...frameworkOf(config), api, clock, random, logger };
    const { finished, error } = await runShortTasks(framework, stop);
    logger.info("framework ended", {
      count: finished,
      outcome: error === undefined ? "done" : "refused",
    });
    const isDone = config.tasks === 0 || finished >= config.tasks;
    return error === undefined && isDone ? EXIT.stopped : EXIT.failed;
  } finally {
    await api.close();
  }
}

function frameworkOf(config: FrameworkConfig): Pick<ShortTasksFramework, "spec" | "info"> {
  return {
    spec: {
      name: config.name,
      ...(config.tasks === 0 ? {} : { total: config.tasks }),
      parallel: config.parallel,
      cpuMillis: Math.round(config.cpus * 1000),
      memMiB: config.mem,
      command: config.command,
    },
    info: {
      user: config.user,
      name: config.name,
      roles: [config.role],
      failover_timeout: config.failoverTimeout,
      checkpoint: true,
      capabilities: [{ type: "MULTI_ROLE" }, { type: "PARTITION_AWARE" }],
    },
  };
}
