import { Command } from "commander";
import { isOperatingError } from "../../api/errors/operating-error.ts";
import { createLogger } from "../../adapters/logging/winston-logger.ts";
import { SchedulerHttp } from "../../adapters/mesos-scheduler-http/scheduler-http.ts";
import { stopSignal } from "../../adapters/process-life/stop-signal.ts";
import { keepAlive } from "../../adapters/system-clock/keep-alive.ts";
import { SystemClock } from "../../adapters/system-clock/system-clock.ts";
import { SystemRandom } from "../../adapters/system-random/system-random.ts";
import { runShortTasks } from "../../services/frameworks/run-short-tasks.ts";
import { VERSION } from "../version.ts";
import { type FrameworkConfig, parseFrameworkConfig } from "./config.ts";

/** `orchestrator framework`: a small Mesos framework that runs short commands, and ends when they have finished. */
export function frameworkCommand(): Command {
  return new Command("framework")
    .description("run a small Mesos framework of short tasks against a master")
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
    .action(async (options: Record<string, unknown>) => {
      process.exitCode = await runFramework(parseFrameworkConfig(options));
    });
}

/** Exit code 0 when all tasks finished, or it ran for ever and was stopped; 1 otherwise. */
async function runFramework(config: FrameworkConfig): Promise<number> {
  const clock = new SystemClock();
  const logger = createLogger({
    process: "framework",
    version: VERSION,
    level: config.logLevel,
    clock,
  });
  const api = new SchedulerHttp({ masters: config.master });
  const stop = stopSignal(logger);
  const letGo = keepAlive();
  try {
    const state = await runShortTasks(
      {
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
        api,
        clock,
        random: new SystemRandom(),
        logger,
      },
      stop,
    );
    logger.info("framework ended", {
      count: state.finished,
      outcome: state.error === undefined ? "done" : "refused",
    });
    return state.error === undefined && (config.tasks === 0 || state.finished >= config.tasks)
      ? 0
      : 1;
  } catch (error) {
    if (!isOperatingError(error)) throw error;
    logger.error("framework failed", { error });
    return 1;
  } finally {
    await api.close();
    letGo();
  }
}
