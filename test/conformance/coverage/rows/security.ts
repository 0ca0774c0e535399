import type { Area } from "../row.ts";

/** Who may do and see what. */
export const security: Area = {
  name: "authentication and authorization",
  tests: "wire",
  rows: [
    { row: "Basic: 401 and realm", id: "SEC-01", test: "asks for credentials first" },
    {
      row: "SCRAM-SHA-256",
      id: "SEC-01",
      test: "subscribes a framework that proves its secret in two steps",
    },
    {
      row: "principal of credentials",
      id: "MES-21",
      test: "gives a framework without principal that of its credentials",
    },
    {
      row: "readonly and readwrite realms",
      id: "SEC-08",
      test: "asks wrong and absent credentials of reads and writes",
    },
    { row: "429 for guessing", id: "SEC-01", test: "refuses to go on guessing" },
    {
      row: "429 with Retry-After above the rate",
      id: "SEC-01",
      test: "answers 429 with Retry-After",
    },
    { row: "OIDC", id: "SEC-22", notYet: "`security.authentication.{oidc,clientCertificates}`" },
    {
      row: "client certificates",
      id: "SEC-04",
      notYet: "`security.authentication.{oidc,clientCertificates}`",
    },
    { row: "TLS", id: "SEC-04", notYet: "TLS on 5050" },
    {
      row: "ACL register_frameworks",
      id: "MES-17",
      test: "lets a framework subscribe to the roles of its principal alone",
    },
    { row: "ACL run_tasks", id: "SEC-07", test: "answers a task that may not run as its user" },
    {
      row: "ACL run_tasks of a group",
      id: "SEC-07",
      test: "launches a group as a whole or not at all",
    },
    { row: "ACL teardown_frameworks", id: "SEC-08", test: "lets frameworks be torn down by whom" },
    {
      row: "ACL register_agents",
      id: "SEC-05",
      test: "registers agents only of principals that may",
    },
    {
      row: "ACL drain_, deactivate_, reactivate_agents, mark_agents_gone",
      id: "SEC-08",
      test: "answers 403 without a body to changes",
    },
    {
      row: "ACL reserve_, unreserve_resources, create_, destroy_, resize_volumes",
      id: "SEC-05",
      test: "are refused to operators without permission",
    },
    {
      row: "ACL update_weights, update_quotas, set_log_level",
      id: "SEC-08",
      test: "refuses each call to whom it is denied",
    },
    {
      row: "ACL of maintenance",
      id: "SEC-08",
      test: "shows the maintenance schedule to whom it may be shown",
    },
    { row: "ACL access_mesos_logs", id: "SEC-08", test: "refuses each call to whom it is denied" },
    {
      row: "ACL of legacy writes",
      id: "SEC-08",
      test: "refuses the same through the legacy endpoints",
    },
    {
      row: "ACL view_frameworks, view_tasks, view_executors",
      id: "SEC-08",
      test: "leaves frameworks and tasks of other users out",
    },
    {
      row: "ACL view_roles, get_quotas",
      id: "SEC-08",
      test: "leaves roles, weights and quotas out",
    },
    {
      row: "ACL view_* of the operator API",
      id: "SEC-08",
      test: "leaves the same out of the operator API",
    },
    {
      row: "ACL get_endpoints, view_flags",
      id: "SEC-08",
      test: "refuses endpoints that cannot be shown in part",
    },
    {
      row: "ACL of event streams",
      id: "SEC-08",
      test: "tells who watches only of what may be seen",
    },
    {
      row: "reads filtered, writes 403 and audited",
      id: "SEC-08",
      test: "answers 403 without a body to changes",
    },
    { row: "ACLs change without restart", id: "SEC-05", test: "takes ACLs as they change" },
  ],
};
