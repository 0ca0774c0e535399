import type { Area } from "../row.ts";

/** Checks of a request to the scheduler API in their order, and what a SUBSCRIBE is answered. */
export const schedulerErrors: Area = {
  name: "SUBSCRIBE and HTTP errors",
  tests: "wire",
  rows: [
    {
      row: "401 without or with wrong credentials",
      id: "MES-21",
      test: "asks for credentials first",
    },
    { row: "403 for claims without value", id: "MES-21", test: "claims without a value" },
    {
      row: "307 on a standby",
      id: "MES-01",
      test: "redirects to the leader with port, path and query",
    },
    { row: "503 without leader", id: "MES-01", test: "answers 503 while nobody leads" },
    { row: "503 before recovery", id: "MES-01", test: "answers 503 while it is elected" },
    {
      row: "405 for another method",
      id: "API-01",
      test: "on the leader (API-01) refuses other methods",
    },
    { row: "405 with Allow", id: "API-01", test: "on the leader (API-01) allows POST alone" },
    {
      row: "400 without Content-Type",
      id: "API-01",
      test: "on the leader (API-01) asks for a content type",
    },
    {
      row: "415 for another Content-Type",
      id: "API-01",
      test: "on the leader (API-01) knows two content types",
    },
    {
      row: "415 for a Content-Type with parameters",
      id: "API-01",
      test: "on the leader (API-01) compares the content type as text",
    },
    {
      row: "413 for a body above 16 MiB",
      id: "API-01",
      test: "on the leader (API-01) refuses a body above 16 MiB",
    },
    {
      row: "400 for a body that is no protobuf",
      id: "API-01",
      test: "on the leader (API-01) refuses a body that is no protobuf",
    },
    {
      row: "400 for a body that is no JSON",
      id: "API-01",
      test: "on the leader (API-01) refuses a body that is no JSON",
    },
    {
      row: "400 for missing fields",
      id: "API-01",
      test: "on the leader (API-01) names missing fields by their path",
    },
    { row: "400 without type", id: "API-01", test: "on the leader (API-01) asks for a type" },
    {
      row: "400 for an unknown type",
      id: "API-01",
      test: "on the leader (API-01) takes an unknown type as none",
    },
    {
      row: "400 without the part of the call",
      id: "API-01",
      test: "on the leader (API-01) asks for the body of the call",
    },
    {
      row: "400 without framework_id",
      id: "API-01",
      test: "on the leader (API-01) asks for the framework id",
    },
    {
      row: "400 for two framework ids in SUBSCRIBE",
      id: "API-01",
      test: "on the leader (API-01) compares the ids of SUBSCRIBE",
    },
    {
      row: "400 for two framework ids in UPDATE_FRAMEWORK",
      id: "API-01",
      test: "on the leader (API-01) compares the ids of UPDATE_FRAMEWORK",
    },
    {
      row: "400 for another principal in FrameworkInfo",
      id: "MES-21",
      test: "refuses a FrameworkInfo of another principal",
    },
    {
      row: "400 for a uuid that is not 16 bytes",
      id: "API-01",
      test: "on the leader (API-01) asks for a uuid of 16 bytes",
    },
    {
      row: "400 without the agent of an operation",
      id: "API-01",
      test: "on the leader (API-01) asks for the agent of an operation's acknowledgement",
    },
    {
      row: "406 for another Accept",
      id: "API-01",
      test: "on the leader (API-01) answers in JSON or protobuf only",
    },
    {
      row: "400 for SUBSCRIBE with a stream id",
      id: "API-01",
      test: "on the leader (API-01) takes no stream id with SUBSCRIBE",
    },
    {
      row: "400 for an unknown framework",
      id: "API-01",
      test: "on the leader (API-01) does not know every framework",
    },
    {
      row: "400 for a call of another principal",
      id: "MES-21",
      test: "keeps others from its calls",
    },
    {
      row: "403 for a framework that is not subscribed",
      id: "API-01",
      test: "on the leader (API-01) answers 403 to a framework whose stream is closed",
    },
    {
      row: "400 without stream id",
      id: "API-01",
      test: "on the leader (API-01) ties calls to the stream",
    },
    {
      row: "400 for another stream id",
      id: "API-01",
      test: "on the leader (API-01) ties calls to the stream",
    },
    {
      row: "202 without body",
      id: "API-01",
      test: "on the leader (API-01) ties calls to the stream",
    },
    {
      row: "200 for UPDATE_FRAMEWORK",
      id: "MES-18",
      test: "changes roles: offers of a role that was left",
    },
    {
      row: "the path below /master",
      id: "API-01",
      test: "on the leader (API-01) serves the path below /master too",
    },
    {
      row: "known id: failover",
      id: "MES-19",
      test: "fails over: the old stream is told and closed",
    },
    {
      row: "known id: one live stream",
      id: "API-01",
      test: "keeps exactly one live stream per id",
    },
    { row: "unknown id", id: "MES-18", test: "takes an id that it does not know" },
    {
      row: "id of a completed framework",
      id: "MES-18",
      test: "closes (MES-18) an id that was removed",
    },
    { row: "changed principal", id: "MES-18", test: "a known id with another principal" },
    {
      row: "changed user, checkpoint",
      id: "MES-18",
      test: "keeps user and checkpoint of a known id",
    },
    { row: "role with MULTI_ROLE", id: "MES-18", test: "MULTI_ROLE with role" },
    {
      row: "roles without MULTI_ROLE",
      id: "MES-18",
      test: "closes (MES-18) roles without MULTI_ROLE",
    },
    { row: "role twice", id: "MES-18", test: "closes (MES-18) a role twice" },
    { row: "invalid role in roles", id: "MES-18", test: "roles with an invalid one" },
    { row: "invalid role", id: "MES-18", test: "an invalid single role" },
    {
      row: "suppressed role not subscribed",
      id: "MES-18",
      test: "a suppressed role that is not subscribed",
    },
    { row: "failover_timeout negative", id: "MES-19", test: "a negative failover_timeout" },
    {
      row: "failover_timeout not representable",
      id: "MES-19",
      test: "a failover_timeout that no duration holds",
    },
    { row: "failover_timeout above the largest", id: "MES-19", test: "cuts a failover_timeout" },
    {
      row: "offer constraints of a strange role",
      id: "MES-18",
      test: "constraints of a role that is not subscribed",
    },
    { row: "offer constraints not valid", id: "MES-18", test: "constraints without group" },
    {
      row: "not authorized",
      id: "MES-17",
      test: "lets a framework subscribe to the roles of its principal alone",
    },
    { row: "role not on the whitelist", id: "MES-18", test: "a role that is not on the whitelist" },
    { row: "user root", id: "MES-18", test: "root without root_submissions" },
    { row: "no roles: no offers", id: "MES-18", test: "offers nothing without roles" },
    {
      row: "disconnect and failover_timeout",
      id: "MES-19",
      test: "a stream that closes ends a framework without failover_timeout",
    },
  ],
};
