import { Command } from "commander";
import { NodeDurableFiles } from "../../adapters/durable-files/durable-files.ts";
import { SchedulerHttp } from "../../adapters/mesos-scheduler-http/scheduler-http.ts";
import { PATTERN_NAMES, PATTERNS } from "../../domain/frameworks/patterns/patterns.ts";
import { EXIT, type ExitCode } from "../../runtime/manager/exit-codes.ts";
import { FrameworkRecordFile } from "../../services/frameworks/framework-record.ts";
import type { SchedulerApi } from "../../services/frameworks/ports.ts";
import { runPattern } from "../../services/frameworks/run-pattern.ts";
import {
  runShortTasks,
  type ShortTasksFramework,
} from "../../services/frameworks/run-short-tasks.ts";
import { openParts, type ProcessParts, runProcess } from "../run-process.ts";
import {
  type FrameworkConfig,
  parseFrameworkConfig,
  type PatternConfig,
  type ShortTasksConfig,
} from "./config.ts";

/** `orchestrator framework`: a small Mesos framework: short commands, or what a known framework asks for and holds. */
export function frameworkCommand(): Command {
  return new Command("framework")
    .requiredOption("--master <urls>", "masters, comma-separated, e.g. http://mesos-master:5050")
    .option("--pattern <name>", `short-tasks (default) or ${PATTERN_NAMES.join(", ")}`)
    .option("--role <role>", "role that is charged (default: *)")
    .option("--name <name>", "framework name (default: the pattern's)")
    .option("--user <user>", "user of the tasks (default: nobody)")
    .option("--tasks <count>", "tasks that shall finish; short tasks: 0 = for ever (default: 10)")
    .option("--parallel <count>", "short tasks at a time (default: 4)")
    .option("--instances <schedule>", "instances of a pattern: 3, or from seconds on: 0:2,30:5")
    .option("--cpus <cpus>", "cpus of a task or instance")
    .option("--mem <MiB>", "memory of a task or instance")
    .option("--command <line>", "shell command of a task or instance")
    .option("--duration <seconds>", "a pattern ends after that and gives everything back")
    .option("--executors <how>", "executors of a pattern: task (default) or custom")
    .option("--bin-dir <folder>", "kubernetes: folder of etcd and kube-apiserver on the agents")
    .option("--framework-id <id>", "continue the framework of that id")
    .option("--state-file <file>", "keeps the framework id, and homes of volumes, over restarts")
    .option("--teardown", "end the framework when stopped; else its tasks wait for a restart")
    .option("--uninstall", "cassandra: end the nodes, destroy their volumes, unreserve, and end")
    .option("--failover-timeout <seconds>", "how long tasks outlive this process (default: 60)")
    .option("--principal <name>", "principal of the framework")
    .option("--secret <text>", "credential of the principal")
    .option("--content-type <name>", "json (default) or protobuf")
    .option("--log-level <level>", "error, warn, info (default) or debug")
    .action(async (options: Readonly<Record<string, unknown>>) => {
      const config = parseFrameworkConfig(options);
      const parts = openParts("framework", config.logLevel);
      await runProcess(parts, (stop) => runConfigured(config, parts, stop));
    });
}

async function runConfigured(
  config: FrameworkConfig,
  parts: ProcessParts,
  stop: AbortSignal,
): Promise<ExitCode> {
  const { principal, secret } = config;
  const api = new SchedulerHttp({
    masters: config.master,
    contentType: config.contentType,
    ...(principal === undefined || secret === undefined
      ? {}
      : { credential: { principal, secret } }),
  });
  try {
    return config.pattern === "short-tasks"
      ? await runTasks(config, api, parts, stop)
      : await runKnown(config, api, parts, stop);
  } finally {
    await api.close();
  }
}

/** 0 when all tasks finished, or it ran for ever and was stopped; 1 otherwise. */
async function runTasks(
  config: ShortTasksConfig,
  api: SchedulerApi,
  parts: ProcessParts,
  stop: AbortSignal,
): Promise<ExitCode> {
  const { finished, error } = await runShortTasks({ ...parts, ...shortTasksOf(config), api }, stop);
  parts.logger.info("framework ended", {
    count: finished,
    outcome: error === undefined ? "done" : "refused",
  });
  const isDone = config.tasks === 0 || finished >= config.tasks;
  return error === undefined && isDone ? EXIT.stopped : EXIT.failed;
}

/** 0 when its work or its time was over, or it was stopped; 1 when the master or the cluster would not have it. */
async function runKnown(
  config: PatternConfig,
  api: SchedulerApi,
  parts: ProcessParts,
  stop: AbortSignal,
): Promise<ExitCode> {
  const { logger } = parts;
  const { frameworkId, stateFile } = config;
  const end = await runPattern(
    {
      ...parts,
      api,
      spec: PATTERNS[config.pattern](patternOptions(config)),
      user: config.user,
      failoverTimeoutSeconds: config.failoverTimeout,
      atStop: config.teardown ? "teardown" : "leave",
      say: (line) => logger.info("pattern", { reason: line }),
      ...(frameworkId === undefined ? {} : { frameworkId }),
      ...(stateFile === undefined ? {} : { record: recordFile(stateFile) }),
    },
    stop,
  );
  const reason = end === undefined || end.kind === "done" ? undefined : end.reason;
  logger.info("framework ended", {
    outcome: end?.kind ?? "stopped",
    ...(reason === undefined ? {} : { reason }),
  });
  return reason === undefined ? EXIT.stopped : EXIT.failed;
}

function recordFile(path: string): FrameworkRecordFile {
  const files = new NodeDurableFiles();
  return new FrameworkRecordFile({
    read: () => files.readText(path),
    write: (text) => files.write(path, text),
  });
}

function patternOptions(config: PatternConfig) {
  const { cpus, mem, command, duration, instances, tasks, principal, binDir } = config;
  return {
    name: config.name ?? config.pattern,
    role: config.role,
    executors: config.executors,
    isUninstall: config.uninstall,
    binDir: binDir === undefined ? "" : `${binDir.replace(/\/$/, "")}/`,
    ...(principal === undefined ? {} : { principal }),
    ...(instances === undefined ? {} : { instances }),
    ...(cpus === undefined ? {} : { cpuMillis: Math.round(cpus * 1000) }),
    ...(mem === undefined ? {} : { memMiB: mem }),
    ...(command === undefined ? {} : { command }),
    ...(tasks === undefined ? {} : { tasks }),
    ...(duration === undefined ? {} : { endsAfterMs: duration * 1000 }),
  };
}

function shortTasksOf(config: ShortTasksConfig): Pick<ShortTasksFramework, "spec" | "info"> {
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
      ...(config.principal === undefined ? {} : { principal: config.principal }),
      capabilities: [{ type: "MULTI_ROLE" }, { type: "PARTITION_AWARE" }],
    },
  };
}
