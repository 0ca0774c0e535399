import type { Area } from "../row.ts";

/** What frameworks are told, and in which form. */
export const schedulerEvents: Area = {
  name: "scheduler events",
  tests: "wire",
  rows: [
    { row: "event SUBSCRIBED", id: "API-01", test: "begins with SUBSCRIBED, then HEARTBEAT" },
    { row: "event HEARTBEAT", id: "API-01", test: "beats as often" },
    {
      row: "event HEARTBEAT after a burst",
      id: "API-01",
      test: "sends a heartbeat soon after a burst",
    },
    { row: "event OFFERS", id: "API-02", test: "is offered an agent, launches a task" },
    { row: "event RESCIND", id: "MES-12", test: "takes all offers back when the weight" },
    { row: "event UPDATE", id: "MES-29", test: "is offered an agent, launches a task" },
    { row: "event MESSAGE", id: "MES-33", test: "MESSAGE goes to the executor, and back" },
    {
      row: "event FAILURE of an agent",
      id: "MES-04",
      test: "unreachable: status with the time of the loss",
    },
    {
      row: "event FAILURE of an executor",
      id: "MES-34",
      test: "FAILURE tells of an executor that exited",
    },
    { row: "event ERROR", id: "MES-18", test: "refused by ERROR as the first record" },
    { row: "event INVERSE_OFFERS", id: "HA-16", test: "goes full circle" },
    {
      row: "event RESCIND_INVERSE_OFFER",
      id: "HA-16",
      test: "takes inverse offers back with the schedule",
    },
    {
      row: "event UPDATE_OPERATION_STATUS",
      id: "MES-16",
      test: "go to the agent, and what comes of them",
    },
    { row: "one record is one chunk", id: "API-01", test: "each a chunk of its own" },
    { row: "records are pure ASCII", id: "API-01", test: "is pure ASCII without line breaks" },
  ],
};
