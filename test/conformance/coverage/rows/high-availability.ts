import type { Area } from "../row.ts";

/** What clients meet around a change of leader. */
export const highAvailability: Area = {
  name: "redirects and failover",
  tests: "wire",
  rows: [
    {
      row: "standby: 307 with port, path and query",
      id: "MES-01",
      test: "redirects to the leader with port, path and query",
    },
    {
      row: "standby: reads redirect",
      id: "MES-01",
      test: "answers health, version and flags itself",
    },
    {
      row: "standby: /health, /version, /flags, /metrics/snapshot",
      id: "MES-01",
      test: "answers health, version and flags itself",
    },
    { row: "no leader: 503", id: "MES-01", test: "answers 503 while nobody leads" },
    { row: "elected, not recovered: 503", id: "MES-01", test: "answers 503 while it is elected" },
    {
      row: "failover: framework keeps id and task",
      id: "HA-02",
      test: "keeps its id and its task through a failover",
    },
    {
      row: "failover: weights and quotas",
      id: "HA-05",
      test: "weights and quotas through the operator API (MES-14, MES-15) keeps what was changed",
    },
    {
      row: "failover: schedule and machines",
      id: "HA-05",
      test: "keeps schedule and machines that are down",
    },
    { row: "failover: explicit RECONCILE silent", id: "MES-29", test: "is silent about tasks" },
  ],
};
