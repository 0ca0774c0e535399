import type { Area } from "../row.ts";

/** What frameworks do to resources, and are told of it. */
export const operations: Area = {
  name: "operations on resources",
  tests: "wire",
  rows: [
    {
      row: "operation RESERVE",
      id: "MES-16",
      test: "operations of an ACCEPT on resources (MES-16) RESERVE goes to the agent",
    },
    {
      row: "operation UNRESERVE",
      id: "MES-16",
      test: "operations of an ACCEPT on resources (MES-16) UNRESERVE goes to the agent",
    },
    {
      row: "operation CREATE",
      id: "MES-16",
      test: "operations of an ACCEPT on resources (MES-16) CREATE goes to the agent",
    },
    {
      row: "operation DESTROY",
      id: "MES-16",
      test: "operations of an ACCEPT on resources (MES-16) DESTROY goes to the agent",
    },
    {
      row: "operation GROW_VOLUME",
      id: "MES-16",
      test: "operations of an ACCEPT on resources (MES-16) GROW_VOLUME goes to the agent",
    },
    {
      row: "operation SHRINK_VOLUME",
      id: "MES-16",
      test: "operations of an ACCEPT on resources (MES-16) SHRINK_VOLUME goes to the agent",
    },
    { row: "operation CREATE on Pod agents", id: "MES-16", notYet: "CREATE on Pod agents" },
    {
      row: "operation CREATE_DISK, DESTROY_DISK",
      id: "MES-16",
      notYet: "CREATE_DISK, DESTROY_DISK",
    },
    {
      row: "speculative: visible to the next operation",
      id: "MES-16",
      test: "the next operation of the same ACCEPT",
    },
    { row: "RESERVE with source", id: "MES-16", test: "OPERATION_ERROR for RESERVE with a source" },
    { row: "RESERVE not valid", id: "MES-16", test: "OPERATION_ERROR for RESERVE of more" },
    { row: "UNRESERVE not valid", id: "MES-16", test: "OPERATION_ERROR for UNRESERVE" },
    { row: "CREATE not valid", id: "MES-16", test: "OPERATION_ERROR for CREATE on disk" },
    { row: "DESTROY not valid", id: "MES-16", test: "OPERATION_ERROR for DESTROY of" },
    { row: "GROW_VOLUME not valid", id: "MES-16", test: "OPERATION_ERROR for GROW_VOLUME" },
    { row: "SHRINK_VOLUME not valid", id: "MES-16", test: "OPERATION_ERROR for SHRINK_VOLUME" },
    { row: "CREATE_DISK refused", id: "MES-16", test: "OPERATION_ERROR for CREATE_DISK" },
    { row: "DESTROY_DISK refused", id: "MES-16", test: "OPERATION_ERROR for DESTROY_DISK" },
    { row: "not authorized", id: "SEC-05", test: "are answered to frameworks with the reason" },
    {
      row: "id without feedback of the agent",
      id: "MES-16",
      test: "an id at an agent that gives no feedback",
    },
    {
      row: "not valid, without id",
      id: "MES-16",
      test: "an invalid operation without id is dropped",
    },
    {
      row: "feedback and its acknowledgement",
      id: "MES-16",
      test: "go to the agent, and what comes of them",
    },
    {
      row: "resource format with refinement",
      id: "MES-16",
      test: "are shown as reservations to a framework with refinement",
    },
    {
      row: "resource format without refinement",
      id: "MES-16",
      test: "are shown as reservation to a framework without refinement",
    },
    {
      row: "RECONCILE_OPERATIONS: known",
      id: "MES-16",
      test: "answers the latest status of a known operation",
    },
    {
      row: "RECONCILE_OPERATIONS: agent recovering",
      id: "MES-16",
      test: "at an agent to come back",
    },
    {
      row: "RECONCILE_OPERATIONS: agent registered",
      id: "MES-16",
      test: "unknown operation at a registered agent",
    },
    {
      row: "RECONCILE_OPERATIONS: agent unreachable",
      id: "MES-16",
      test: "unknown operation at an unreachable agent",
    },
    {
      row: "RECONCILE_OPERATIONS: agent gone",
      id: "MES-16",
      test: "unknown operation at an agent that is gone",
    },
    {
      row: "RECONCILE_OPERATIONS: both unknown",
      id: "MES-16",
      test: "unknown operation at an agent nobody knows",
    },
  ],
};
