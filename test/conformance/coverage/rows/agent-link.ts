import type { Area } from "../row.ts";

/** Between master and agents. */
export const agentLink: Area = {
  name: "agent link",
  tests: "wire",
  rows: [
    {
      row: "SUBSCRIBE: new agent, recorded first",
      id: "MES-03",
      test: "the link of agents (MES-03) SUBSCRIBE gives a new agent an id",
    },
    {
      row: "SUBSCRIBE: node known",
      id: "MES-03",
      test: "the link of agents (MES-03) SUBSCRIBE gives the agent of a known node its old id",
    },
    {
      row: "SUBSCRIBE: id known",
      id: "MES-03",
      test: "the link of agents (MES-03) SUBSCRIBE keeps the id that an agent brings",
    },
    {
      row: "SUBSCRIBE: newer stream",
      id: "MES-03",
      test: "the link of agents (MES-03) SUBSCRIBE supersedes the older stream",
    },
    {
      row: "SUBSCRIBE: gone",
      id: "MES-03",
      test: "the link of agents (MES-03) SUBSCRIBE shuts down an agent that was marked gone",
    },
    { row: "SUBSCRIBE: machine down", id: "HA-16", test: "goes full circle" },
    {
      row: "SUBSCRIBE: not authorized",
      id: "SEC-05",
      test: "registers agents only of principals that may",
    },
    {
      row: "SUBSCRIBE: tasks only the agent has",
      id: "MES-03",
      test: "the link of agents (MES-03) SUBSCRIBE takes over tasks that only the agent knows",
    },
    {
      row: "SUBSCRIBE: tasks only the master has",
      id: "MES-03",
      test: "the link of agents (MES-03) SUBSCRIBE lists the tasks that only the master knows",
    },
    {
      row: "SUBSCRIBE: framework completed",
      id: "MES-03",
      test: "the link of agents (MES-03) SUBSCRIBE shuts down the tasks of a framework",
    },
    {
      row: "415 for another content type",
      id: "MES-03",
      test: "the link of agents (MES-03) what it refuses 415",
    },
    {
      row: "400 for no JSON",
      id: "MES-03",
      test: "the link of agents (MES-03) what it refuses 400 for what is no JSON",
    },
    {
      row: "400 for no SUBSCRIBE",
      id: "MES-03",
      test: "the link of agents (MES-03) what it refuses 400 for what is no SUBSCRIBE",
    },
    {
      row: "400 for no batch",
      id: "MES-03",
      test: "the link of agents (MES-03) what it refuses 400 for what is no batch",
    },
    {
      row: "403 for another stream",
      id: "MES-03",
      test: "the link of agents (MES-03) what it refuses 403",
    },
    {
      row: "batch: acked_seq, repeated seq",
      id: "MES-03",
      test: "the link of agents (MES-03) calls are acknowledged by number",
    },
    { row: "call STATUS_UPDATE", id: "MES-29", test: "STATUS_UPDATE frees what the task had" },
    {
      row: "call STATUS_UPDATE: task or framework unknown",
      id: "MES-29",
      test: "STATUS_UPDATE of an unknown task",
    },
    { row: "call EXECUTOR_EXITED", id: "MES-34", test: "FAILURE tells of an executor that exited" },
    { row: "call MESSAGE", id: "MES-33", test: "MESSAGE goes to the executor, and back" },
    { row: "call OPERATION_STATUS", id: "MES-16", test: "go to the agent, and what comes of them" },
    { row: "call UPDATE_AGENT", id: "MES-12", test: "UPDATE_AGENT with less than is offered" },
    { row: "call GOODBYE", id: "MES-03", test: "unregistered: the task is over" },
    {
      row: "event RUN_TASK",
      id: "MES-03",
      test: "the link of agents (MES-03) calls a launch that the agent took",
    },
    { row: "event RUN_GROUP", id: "MES-31", test: "starts a group that is right as one" },
    { row: "event KILL", id: "MES-30", test: "KILL goes to the agent" },
    { row: "event ACKNOWLEDGE", id: "MES-29", test: "ACKNOWLEDGE of its end" },
    { row: "event SHUTDOWN_EXECUTOR", id: "MES-34", test: "SHUTDOWN goes to the agent" },
    { row: "event SHUTDOWN_FRAMEWORK", id: "MES-18", test: "TEARDOWN shuts the tasks down" },
    {
      row: "event UPDATE_FRAMEWORK",
      id: "MES-18",
      test: "agents that run its tasks are told of its new FrameworkInfo",
    },
    {
      row: "event APPLY_OPERATION, ACKNOWLEDGE_OPERATION",
      id: "MES-16",
      test: "go to the agent, and what comes of them",
    },
    { row: "event DRAIN", id: "HA-16", test: "POST /api/v1 (NFR-17) drains an agent that can" },
    {
      row: "event REACTIVATE",
      id: "HA-16",
      test: "POST /api/v1 (NFR-17) tells an agent that it may work again",
    },
    {
      row: "unreachable and gone kept two weeks, swept",
      id: "EXT-MES-04",
      notYet: "sweep of unreachable and gone records",
    },
  ],
};
