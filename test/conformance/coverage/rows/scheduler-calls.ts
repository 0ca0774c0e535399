import type { Area } from "../row.ts";

/** What frameworks ask for. */
export const schedulerCalls: Area = {
  name: "scheduler calls",
  tests: "wire",
  rows: [
    { row: "call SUBSCRIBE", id: "API-01", test: "begins with SUBSCRIBED, then HEARTBEAT" },
    { row: "call SUBSCRIBE in protobuf", id: "API-01", test: "framework (API-01) speaks protobuf" },
    { row: "call SUBSCRIBE with lenient input", id: "API-01", test: "reads the lenient forms" },
    { row: "call TEARDOWN", id: "MES-18", test: "TEARDOWN shuts the tasks down" },
    { row: "call ACCEPT", id: "API-02", test: "is offered an agent, launches a task" },
    {
      row: "call ACCEPT: the rest of the offer returns",
      id: "MES-28",
      test: "gets what was left of its offer again",
    },
    { row: "call DECLINE", id: "MES-12", test: "DECLINE leaves the offer to others" },
    { row: "call REVIVE", id: "MES-11", test: "REVIVE ends the filters" },
    { row: "call SUPPRESS", id: "MES-11", test: "SUPPRESS leaves what is offered" },
    {
      row: "call REVIVE, SUPPRESS with a wrong role",
      id: "MES-11",
      test: "role that is not the framework's are dropped whole",
    },
    { row: "call KILL", id: "MES-30", test: "KILL goes to the agent with its policy" },
    {
      row: "call KILL with the wrong agent",
      id: "MES-30",
      test: "KILL at another agent than the task's",
    },
    { row: "call KILL of an unknown task", id: "MES-30", test: "KILL of an unknown task" },
    {
      row: "call SHUTDOWN",
      id: "MES-34",
      test: "SHUTDOWN goes to the agent that has the executor",
    },
    {
      row: "call SHUTDOWN of an unknown executor",
      id: "MES-34",
      test: "SHUTDOWN of an executor nobody has",
    },
    { row: "call ACKNOWLEDGE", id: "MES-29", test: "ACKNOWLEDGE of its end takes a task out" },
    {
      row: "call ACKNOWLEDGE at an unknown agent",
      id: "MES-29",
      test: "ACKNOWLEDGE at an agent nobody knows",
    },
    { row: "call RECONCILE", id: "MES-29", test: "answers the latest state of a known task" },
    { row: "call MESSAGE", id: "MES-33", test: "MESSAGE goes to the executor, and back" },
    {
      row: "call MESSAGE to an unknown agent",
      id: "MES-33",
      test: "MESSAGE to an agent nobody knows",
    },
    { row: "call REQUEST", id: "NFR-17", test: "REQUEST is taken and counted" },
    { row: "call ACCEPT_INVERSE_OFFERS", id: "HA-16", test: "goes full circle" },
    {
      row: "call DECLINE_INVERSE_OFFERS",
      id: "HA-16",
      test: "takes down that a framework refuses an inverse offer",
    },
    { row: "call ACKNOWLEDGE_OPERATION_STATUS", id: "MES-16", test: "until it acknowledges" },
    {
      row: "call RECONCILE_OPERATIONS",
      id: "MES-16",
      test: "answers the latest status of a known operation",
    },
    {
      row: "call UPDATE_FRAMEWORK",
      id: "MES-18",
      test: "changes roles: offers of a role that was left",
    },
    {
      row: "call UPDATE_FRAMEWORK: FrameworkInfo not valid",
      id: "MES-18",
      test: "refuses a role twice and changes nothing",
    },
    {
      row: "call UPDATE_FRAMEWORK: principal",
      id: "MES-18",
      test: "refuses another principal and changes nothing",
    },
    {
      row: "call UPDATE_FRAMEWORK: user",
      id: "MES-18",
      test: "refuses another user and changes nothing",
    },
    {
      row: "call UPDATE_FRAMEWORK: checkpoint",
      id: "MES-18",
      test: "refuses another checkpoint and changes nothing",
    },
    {
      row: "call UPDATE_FRAMEWORK: suppressed roles",
      id: "MES-18",
      test: "refuses a suppressed role it does not have",
    },
    {
      row: "call UPDATE_FRAMEWORK: offer constraints",
      id: "MES-18",
      test: "refuses constraints of a role it does not have",
    },
    {
      row: "call UPDATE_FRAMEWORK: not authorized",
      id: "MES-17",
      test: "refuses an update to a role that the principal may not use",
    },
  ],
};
