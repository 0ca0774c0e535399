import type { Area } from "../row.ts";

/** The endpoints of Mesos before /api/v1, and ours beside them. */
export const legacyEndpoints: Area = {
  name: "legacy endpoints",
  tests: "wire",
  rows: [
    { row: "endpoint /state", id: "API-03", test: "before /api/v1 (API-03) /state has its parts" },
    {
      row: "endpoint /state-summary",
      id: "API-03",
      test: "before /api/v1 (API-03) /state-summary has its parts",
    },
    {
      row: "endpoint /slaves",
      id: "API-03",
      test: "before /api/v1 (API-03) /slaves has its parts",
    },
    {
      row: "endpoint /frameworks",
      id: "API-03",
      test: "before /api/v1 (API-03) /frameworks has its parts",
    },
    { row: "endpoint /tasks", id: "API-03", test: "before /api/v1 (API-03) /tasks has its parts" },
    { row: "endpoint /roles", id: "API-03", test: "before /api/v1 (API-03) /roles has its parts" },
    {
      row: "endpoint /weights",
      id: "API-03",
      test: "before /api/v1 (API-03) /weights has its parts",
    },
    { row: "endpoint /quota", id: "API-03", test: "before /api/v1 (API-03) /quota has its parts" },
    {
      row: "endpoint /maintenance/schedule",
      id: "API-03",
      test: "before /api/v1 (API-03) /maintenance/schedule has its parts",
    },
    {
      row: "endpoint /maintenance/status",
      id: "API-03",
      test: "before /api/v1 (API-03) /maintenance/status has its parts",
    },
    {
      row: "/state: what tools read",
      id: "API-03",
      test: "before /api/v1 (API-03) shows the state as tools of Mesos read it",
    },
    {
      row: "below /master, with .json, any method",
      id: "API-03",
      test: "before /api/v1 (API-03) answers below /master, with .json",
    },
    { row: "?jsonp=", id: "API-03", test: "before /api/v1 (API-03) wraps answers for jsonp" },
    {
      row: "endpoint /slaves/<id>",
      id: "API-03",
      test: "before /api/v1 (API-03) finds one agent by its path",
    },
    {
      row: "endpoint /weights PUT",
      id: "MES-15",
      test: "is changed by the endpoints before /api/v1 too",
    },
    {
      row: "endpoint /quota POST, DELETE",
      id: "MES-14",
      test: "is changed by the endpoints before /api/v1 too",
    },
    {
      row: "endpoint /maintenance/schedule POST",
      id: "HA-16",
      test: "is served by the endpoints before /api/v1 too",
    },
    {
      row: "endpoint /machine/down, /machine/up",
      id: "HA-16",
      test: "is served by the endpoints before /api/v1 too",
    },
    {
      row: "endpoint /reserve, /unreserve",
      id: "MES-16",
      test: "are done by the forms before /api/v1 too",
    },
    {
      row: "endpoint /create-volumes, /destroy-volumes",
      id: "MES-16",
      test: "are done by the forms before /api/v1 too",
    },
    { row: "forms: 400 missing parameter", id: "MES-16", test: "name what a form lacks" },
    {
      row: "endpoint /teardown",
      id: "API-03",
      test: "before /api/v1 (API-03) tears a framework down by its form",
    },
    { row: "endpoint /redirect", id: "MES-01", test: "answers health, version and flags itself" },
    {
      row: "endpoint /redirect on the leader",
      id: "API-03",
      test: "before /api/v1 (API-03) sends /redirect to itself",
    },
    {
      row: "endpoint /redirect without leader",
      id: "MES-01",
      test: "answers 503 to /redirect while nobody leads",
    },
    { row: "endpoint /health", id: "API-03", test: "before /api/v1 (API-03) /health is empty" },
    {
      row: "endpoint /version",
      id: "API-03",
      test: "before /api/v1 (API-03) /version has its parts",
    },
    { row: "endpoint /flags", id: "API-03", test: "before /api/v1 (API-03) /flags has its parts" },
    {
      row: "endpoint /metrics/snapshot",
      id: "API-03",
      test: "before /api/v1 (API-03) has every metric from the start",
    },
    {
      row: "endpoint /orchestrator/agents",
      id: "API-03",
      test: "before /api/v1 (API-03) knows where agents serve their API",
    },
    {
      row: "routing by longest prefix",
      id: "API-03",
      test: "before /api/v1 (API-03) routes what is below an endpoint to it",
    },
    { row: "404 for what is not there", id: "API-03", test: "before /api/v1 (API-03) answers 404" },
    {
      row: "endpoint /allocator/offer_constraints_debug",
      id: "MES-11",
      test: "tells from which agents a framework keeps itself",
    },
    {
      row: "endpoint /orchestrator/explain",
      id: "MES-15",
      test: "says of each agent why a framework has no offer of it",
    },
    {
      row: "endpoint /orchestrator/admission",
      id: "MES-15",
      missing:
        "served by the process with pod admission; proven in test/integration/pod-admission, not over this pipeline",
    },
  ],
};
