import { z } from "zod";
import { LOG_LEVELS } from "../../adapters/logging/winston-logger.ts";
import { CapabilityInfo, RLimitInfo } from "../../api/mesos/linux.ts";
import { TaskGroupInfo, TaskInfo } from "../../api/mesos/task.ts";
import { Volume } from "../../api/mesos/volume.ts";
import { list } from "../options.ts";
import { duration, flag, resources } from "../mesos-flag-values.ts";
import { jsonOrFile, messageOf, messagesOf } from "./json-values.ts";

/** `host:port` or a URL, several joined by commas; `zk://` is refused, see `masters`. */
const masters = list.transform((items, context) =>
  items.map((item) => {
    if (item.startsWith("zk://")) {
      const message = "zk:// is not read by this command; name the masters, e.g. mesos-master:5050";
      context.addIssue({ code: "custom", message });
      return z.NEVER;
    }
    const url = /^https?:\/\//.test(item) ? item : `http://${item}`;
    if (URL.canParse(url) && new URL(url).pathname === "/") return url.replace(/\/$/, "");
    context.addIssue({ code: "custom", message: `${item}: give host:port or http://host:port` });
    return z.NEVER;
  }),
);

const variables = jsonOrFile.pipe(
  z.record(z.string().min(1), z.union([z.string(), z.number(), z.boolean()])),
);

const taskName = z.string().min(1).max(255);

/** A TaskInfo is read before there is an agent. */
const unplaced = (raw: unknown): unknown =>
  typeof raw === "object" && raw !== null ? { agent_id: { value: "" }, ...raw } : raw;

/** The flags of Mesos' own command, by their canonical names. */
export const executeFlags = z.object({
  master: masters,
  name: taskName.optional(),
  command: z.string().optional(),
  shell: flag.default(true),
  env: variables.optional(),
  resources: resources.optional(),
  task: messageOf(TaskInfo, unplaced).optional(),
  task_group: messageOf(TaskGroupInfo, (raw) => withTasks(raw, unplaced)).optional(),
  checkpoint: flag.default(false),
  docker_image: z.string().min(1).optional(),
  containerizer: z.enum(["mesos", "docker"]).default("mesos"),
  framework_capabilities: list.default([]),
  role: z.string().min(1).default("*"),
  kill_after: duration.optional(),
  networks: list.default([]),
  principal: z.string().min(1).optional(),
  secret: z.string().optional(),
  volumes: messagesOf(Volume).optional(),
  rlimits: messageOf(RLimitInfo).optional(),
  effective_capabilities: messageOf(CapabilityInfo).optional(),
  bounding_capabilities: messageOf(CapabilityInfo).optional(),
  content_type: z.enum(["json", "protobuf"]).default("json"),
  tty: flag.default(false),
  partition_aware: flag.default(true),
  /** Not of Mesos: whose user the tasks run as. */
  user: z.string().min(1).optional(),
  /** Not of Mesos: what goes to standard error. */
  log_level: z.enum(LOG_LEVELS).default("warn"),
});

export type ExecuteFlags = z.output<typeof executeFlags>;

const NO_UPLOAD = "nothing is uploaded to HDFS; put what the task needs into its image";

/** Flags of Mesos' command that have no meaning here, with the reason. */
export const REFUSED: Readonly<Record<string, string>> = {
  hadoop: NO_UPLOAD,
  hdfs: NO_UPLOAD,
  package: NO_UPLOAD,
  overwrite: NO_UPLOAD,
  appc_image: "App Container images are run by no agent; give --docker_image",
};

function withTasks(raw: unknown, complete: (task: unknown) => unknown): unknown {
  if (typeof raw !== "object" || raw === null || !("tasks" in raw)) return raw;
  const { tasks } = raw;
  return { ...raw, tasks: Array.isArray(tasks) ? tasks.map(complete) : tasks };
}
