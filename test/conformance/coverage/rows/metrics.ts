import type { Area } from "../row.ts";

/** Names of /metrics/snapshot. */
export const metrics: Area = {
  name: "metrics names",
  tests: "wire",
  rows: [
    {
      row: "master/ the master",
      id: "NFR-17",
      test: "from the start (NFR-17) metrics of the master",
    },
    {
      row: "master/ resources",
      id: "NFR-17",
      test: "from the start (NFR-17) metrics of resources",
    },
    { row: "master/ agents", id: "NFR-17", test: "from the start (NFR-17) metrics of agents" },
    {
      row: "master/ frameworks",
      id: "NFR-17",
      test: "from the start (NFR-17) metrics of frameworks",
    },
    { row: "master/ tasks", id: "NFR-17", test: "from the start (NFR-17) metrics of tasks" },
    { row: "master/ offers", id: "NFR-17", test: "from the start (NFR-17) metrics of offers" },
    {
      row: "master/ messages dropped, valid and invalid",
      id: "NFR-17",
      test: "from the start (NFR-17) metrics of messages dropped, valid and invalid",
    },
    {
      row: "master/ messages by kind",
      id: "NFR-17",
      test: "from the start (NFR-17) metrics of messages by kind",
    },
    {
      row: "master/ agents that come and go",
      id: "NFR-17",
      test: "from the start (NFR-17) metrics of agents that come and go",
    },
    {
      row: "master/ agents lost in a failover",
      id: "NFR-17",
      test: "from the start (NFR-17) metrics of agents lost in a failover",
    },
    {
      row: "master/ the event queue",
      id: "NFR-17",
      test: "from the start (NFR-17) metrics of the event queue",
    },
    {
      row: "master/ the cache and who watches",
      id: "NFR-17",
      test: "from the start (NFR-17) metrics of the cache and who watches",
    },
    {
      row: "master/ operations",
      id: "NFR-17",
      test: "from the start (NFR-17) metrics of operations",
    },
    {
      row: "master/task_<state>/source_<source>/reason_<reason>",
      id: "NFR-17",
      test: "counts tasks that ended by state, source and reason",
    },
    {
      row: "registrar/, allocator/, system/",
      id: "NFR-17",
      notYet: "metrics of `registrar/`, `allocator/`, `system/` and per framework",
    },
    {
      row: "frameworks/<name>/<id>/",
      id: "NFR-17",
      notYet: "metrics of `registrar/`, `allocator/`, `system/` and per framework",
    },
  ],
};
