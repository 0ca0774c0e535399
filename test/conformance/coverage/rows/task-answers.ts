import type { Area } from "../row.ts";

/** What frameworks are told of tasks that do not start, and of those they ask for or lose. */
export const taskAnswers: Area = {
  name: "task statuses and validation errors",
  tests: "wire",
  rows: [
    {
      row: "ACCEPT: offer no longer valid (aware)",
      id: "API-02",
      test: "TASK_DROPPED to aware frameworks (API-02) tasks and operations on an offer that is not there",
    },
    {
      row: "ACCEPT: offer no longer valid (others)",
      id: "API-02",
      test: "TASK_LOST to other frameworks (API-02) tasks and operations on an offer that is not there",
    },
    {
      row: "ACCEPT: duplicate offer (aware)",
      id: "API-02",
      test: "TASK_DROPPED to aware frameworks (API-02) tasks and operations on the same offer twice",
    },
    {
      row: "ACCEPT: duplicate offer (others)",
      id: "API-02",
      test: "TASK_LOST to other frameworks (API-02) tasks and operations on the same offer twice",
    },
    {
      row: "ACCEPT: offers of two roles (aware)",
      id: "API-02",
      test: "TASK_DROPPED to aware frameworks (API-02) tasks and operations on offers of two roles",
    },
    {
      row: "ACCEPT: offers of two roles (others)",
      id: "API-02",
      test: "TASK_LOST to other frameworks (API-02) tasks and operations on offers of two roles",
    },
    {
      row: "ACCEPT: offers of two agents (aware)",
      id: "API-02",
      test: "TASK_DROPPED to aware frameworks (API-02) tasks and operations on offers of two agents",
    },
    {
      row: "ACCEPT: offers of two agents (others)",
      id: "API-02",
      test: "TASK_LOST to other frameworks (API-02) tasks and operations on offers of two agents",
    },
    {
      row: "ACCEPT: no offers (aware)",
      id: "API-02",
      test: "TASK_DROPPED to aware frameworks (API-02) tasks and operations on no offer",
    },
    {
      row: "ACCEPT: no offers (others)",
      id: "API-02",
      test: "TASK_LOST to other frameworks (API-02) tasks and operations on no offer",
    },
    {
      row: "ACCEPT: agent removed (aware)",
      id: "API-02",
      test: "TASK_DROPPED to aware frameworks (API-02) tasks on an agent that was removed",
    },
    {
      row: "ACCEPT: agent removed (others)",
      id: "API-02",
      test: "TASK_LOST to other frameworks (API-02) tasks on an agent that was removed",
    },
    {
      row: "ACCEPT: agent disconnected (aware)",
      id: "API-02",
      test: "TASK_DROPPED to aware frameworks (API-02) tasks on an agent that is disconnected",
    },
    {
      row: "ACCEPT: agent disconnected (others)",
      id: "API-02",
      test: "TASK_LOST to other frameworks (API-02) tasks on an agent that is disconnected",
    },
    {
      row: "ACCEPT: agent draining (aware)",
      id: "HA-16",
      test: "TASK_DROPPED to aware frameworks (API-02) tasks on an agent that drains",
    },
    {
      row: "ACCEPT: agent draining (others)",
      id: "HA-16",
      test: "TASK_LOST to other frameworks (API-02) tasks on an agent that drains",
    },
    {
      row: "LAUNCH: above max_tasks_per_offer (aware)",
      id: "MES-45",
      test: "TASK_DROPPED to aware frameworks (API-02) tasks above max_tasks_per_offer",
    },
    {
      row: "LAUNCH: above max_tasks_per_offer (others)",
      id: "MES-45",
      test: "TASK_LOST to other frameworks (API-02) tasks above max_tasks_per_offer",
    },
    {
      row: "LAUNCH: not authorized",
      id: "SEC-07",
      test: "answers a task that may not run as its user",
    },
    {
      row: "LAUNCH: task id",
      id: "MES-28",
      test: "REASON_TASK_INVALID (MES-28) refuses a task id with a slash",
    },
    {
      row: "LAUNCH: duplicate id",
      id: "MES-28",
      test: "REASON_TASK_INVALID (MES-28) refuses the id of a task that is known",
    },
    {
      row: "LAUNCH: agent id",
      id: "MES-28",
      test: "REASON_TASK_INVALID (MES-28) refuses another agent",
    },
    {
      row: "LAUNCH: kill policy",
      id: "MES-28",
      test: "REASON_TASK_INVALID (MES-28) refuses a negative grace period",
    },
    {
      row: "LAUNCH: max_completion_time",
      id: "MES-28",
      test: "REASON_TASK_INVALID (MES-28) refuses a negative max_completion_time",
    },
    {
      row: "LAUNCH: check",
      id: "MES-28",
      test: "REASON_TASK_INVALID (MES-28) refuses a check without type",
    },
    {
      row: "LAUNCH: health check",
      id: "MES-28",
      test: "REASON_TASK_INVALID (MES-28) refuses a health check without its part",
    },
    {
      row: "LAUNCH: no resources",
      id: "MES-28",
      test: "REASON_TASK_INVALID (MES-28) refuses no resources",
    },
    {
      row: "LAUNCH: resources of two roles",
      id: "MES-28",
      test: "REASON_TASK_INVALID (MES-28) refuses resources of two roles",
    },
    {
      row: "LAUNCH: revocable mixed with regular",
      id: "MES-28",
      test: "REASON_TASK_INVALID (MES-28) refuses revocable beside regular",
    },
    {
      row: "LAUNCH: command",
      id: "MES-28",
      test: "REASON_TASK_INVALID (MES-28) refuses a secret variable without secret",
    },
    {
      row: "LAUNCH: container",
      id: "MES-28",
      test: "REASON_TASK_INVALID (MES-28) refuses a Docker container without docker",
    },
    {
      row: "LAUNCH: limit below request",
      id: "MES-28",
      test: "REASON_TASK_INVALID (MES-28) refuses a limit below the request",
    },
    {
      row: "LAUNCH: limit of another resource",
      id: "MES-28",
      test: "REASON_TASK_INVALID (MES-28) refuses a limit of disk",
    },
    {
      row: "LAUNCH: neither command nor executor",
      id: "MES-28",
      test: "REASON_TASK_INVALID (MES-28) refuses neither command nor executor",
    },
    {
      row: "LAUNCH: executor of another framework",
      id: "MES-28",
      test: "REASON_TASK_INVALID (MES-28) refuses an executor of another framework",
    },
    {
      row: "LAUNCH: other ExecutorInfo of the same id",
      id: "MES-28",
      test: "REASON_TASK_INVALID (MES-28) refuses another ExecutorInfo",
    },
    {
      row: "LAUNCH: more than available",
      id: "MES-28",
      test: "REASON_TASK_INVALID (MES-28) refuses more than the offer",
    },
    {
      row: "LAUNCH: id set",
      id: "MES-28",
      test: "REASON_TASK_INVALID (MES-28) refuses an id on the operation",
    },
    { row: "LAUNCH_GROUP", id: "MES-31", test: "starts a group that is right as one" },
    {
      row: "LAUNCH_GROUP: not authorized",
      id: "SEC-07",
      test: "launches a group as a whole or not at all",
    },
    {
      row: "LAUNCH_GROUP: TaskInfo.executor set",
      id: "MES-31",
      test: "REASON_TASK_GROUP_INVALID (MES-31) refuses a task with an executor of its own",
    },
    {
      row: "LAUNCH_GROUP: Docker container",
      id: "MES-31",
      test: "REASON_TASK_GROUP_INVALID (MES-31) refuses a Docker container",
    },
    {
      row: "LAUNCH_GROUP: DEFAULT with command",
      id: "MES-31",
      test: "REASON_TASK_GROUP_INVALID (MES-31) refuses a DEFAULT executor with a command",
    },
    {
      row: "LAUNCH_GROUP: executor type",
      id: "MES-31",
      test: "REASON_TASK_GROUP_INVALID (MES-31) refuses an executor without type",
    },
    {
      row: "LAUNCH_GROUP: no task",
      id: "MES-31",
      test: "REASON_TASK_GROUP_INVALID (MES-31) refuses no task",
    },
    {
      row: "LAUNCH_GROUP: more than available",
      id: "MES-31",
      test: "REASON_TASK_GROUP_INVALID (MES-31) refuses a task that is too large",
    },
    { row: "RECONCILE: all tasks", id: "MES-29", test: "also to no question at all" },
    {
      row: "RECONCILE: task known",
      id: "MES-29",
      test: "answers the latest state of a known task",
    },
    { row: "RECONCILE: agent recovering", id: "MES-29", test: "is silent about tasks" },
    {
      row: "RECONCILE: agent registered (aware)",
      id: "MES-29",
      test: "answers TASK_GONE for an unknown task of a registered agent",
    },
    {
      row: "RECONCILE: agent registered (others)",
      id: "MES-29",
      test: "answers TASK_LOST for an unknown task of a registered agent",
    },
    {
      row: "RECONCILE: agent unreachable (aware)",
      id: "MES-29",
      test: "answers TASK_UNREACHABLE for an unknown task of an unreachable agent",
    },
    {
      row: "RECONCILE: agent unreachable (others)",
      id: "MES-29",
      test: "answers TASK_LOST for an unknown task of an unreachable agent",
    },
    {
      row: "RECONCILE: agent gone (aware)",
      id: "MES-29",
      test: "answers TASK_GONE_BY_OPERATOR for an unknown task of an agent that is gone",
    },
    {
      row: "RECONCILE: agent gone (others)",
      id: "MES-29",
      test: "answers TASK_LOST for an unknown task of an agent that is gone",
    },
    {
      row: "RECONCILE: agent unknown (aware)",
      id: "MES-29",
      test: "answers TASK_UNKNOWN for an unknown task of an agent nobody knows",
    },
    {
      row: "RECONCILE: agent unknown (others)",
      id: "MES-29",
      test: "answers TASK_LOST for an unknown task of an agent nobody knows",
    },
    {
      row: "RECONCILE: no agent given (aware)",
      id: "MES-29",
      test: "answers TASK_UNKNOWN for an unknown task without an agent",
    },
    {
      row: "RECONCILE: no agent given (others)",
      id: "MES-29",
      test: "answers TASK_LOST for an unknown task without an agent",
    },
    {
      row: "agent unreachable (aware)",
      id: "MES-04",
      test: "what aware frameworks hear of a lost agent unreachable: ",
    },
    {
      row: "agent unreachable (others)",
      id: "MES-04",
      test: "what other frameworks hear of a lost agent unreachable: ",
    },
    {
      row: "agent returns (aware)",
      id: "MES-29",
      test: "what aware frameworks hear of a lost agent returned from unreachable",
    },
    {
      row: "agent returns (others)",
      id: "MES-29",
      test: "what other frameworks hear of a lost agent returned from unreachable",
    },
    {
      row: "agent unregistered (aware)",
      id: "MES-03",
      test: "what aware frameworks hear of a lost agent unregistered: ",
    },
    {
      row: "agent unregistered (others)",
      id: "MES-03",
      test: "what other frameworks hear of a lost agent unregistered: ",
    },
    {
      row: "agent marked gone (aware)",
      id: "MES-29",
      test: "what aware frameworks hear of a lost agent marked gone",
    },
    {
      row: "agent marked gone (others)",
      id: "MES-29",
      test: "what other frameworks hear of a lost agent marked gone",
    },
    {
      row: "unknown agent returns",
      id: "MES-03",
      test: "tells of an agent's tasks that the master did not know",
    },
  ],
};
