import { FrameworkInfo } from "./framework-info.ts";
import { AgentID, FrameworkID } from "./ids.ts";
import {
  MasterGetAgentsAgent,
  MasterGetFrameworksFramework,
  MasterGetState,
} from "./operator-response.ts";
import { Task } from "./task.ts";
import { TaskState, TaskStatus } from "./task-status.ts";
import {
  double,
  enumeration,
  type EnumOf,
  type Infer,
  message,
  type MessageType,
  optional,
  required,
} from "./schema.ts";

export const MasterEventType = enumeration("master.Event.Type", {
  SUBSCRIBED: 1,
  TASK_ADDED: 2,
  TASK_UPDATED: 3,
  AGENT_ADDED: 4,
  AGENT_REMOVED: 5,
  FRAMEWORK_ADDED: 6,
  FRAMEWORK_UPDATED: 7,
  FRAMEWORK_REMOVED: 8,
  HEARTBEAT: 9,
});
export type MasterEventType = EnumOf<typeof MasterEventType>;

const masterEventFields = {
  type: optional(1, MasterEventType),
  subscribed: optional(
    2,
    message("master.Event.subscribed", {
      get_state: optional(1, MasterGetState),
      heartbeat_interval_seconds: optional(2, double),
    }),
  ),
  task_added: optional(3, message("master.Event.task_added", { task: required(1, Task) })),
  task_updated: optional(
    4,
    message("master.Event.task_updated", {
      framework_id: required(1, FrameworkID),
      status: required(2, TaskStatus),
      state: required(3, TaskState),
    }),
  ),
  agent_added: optional(
    5,
    message("master.Event.agent_added", { agent: required(1, MasterGetAgentsAgent) }),
  ),
  agent_removed: optional(
    6,
    message("master.Event.agent_removed", { agent_id: required(1, AgentID) }),
  ),
  framework_added: optional(
    7,
    message("master.Event.framework_added", {
      framework: required(1, MasterGetFrameworksFramework),
    }),
  ),
  framework_updated: optional(
    8,
    message("master.Event.framework_updated", {
      framework: required(1, MasterGetFrameworksFramework),
    }),
  ),
  framework_removed: optional(
    9,
    message("master.Event.framework_removed", { framework_info: required(1, FrameworkInfo) }),
  ),
};
/** What the operator event stream of a master sends. */
export type MasterEvent = Infer<typeof masterEventFields>;
export const MasterEvent: MessageType<MasterEvent> = message("master.Event", masterEventFields);
