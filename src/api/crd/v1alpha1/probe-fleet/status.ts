import { z } from "zod";
import { commonStatus } from "../common/common-status.ts";
import { listOf, mapListOf } from "../schema/collections.ts";
import { int } from "../schema/numbers.ts";
import { filled, text } from "../schema/text.ts";

/** What became of a fleet: facts of the operator and, under its own field manager, of the topology server. */
export const ProbeFleetStatus = z.object({
  ...commonStatus,
  probes: z
    .object({
      desired: int().optional(),
      updated: int().optional(),
      reporting: int().optional(),
      stale: int().optional(),
      gone: int().optional(),
    })
    .optional(),
  topology: z
    .object({
      desired: int().optional(),
      ready: int().optional(),
      members: mapListOf(z.object({ pod: filled(), ready: z.boolean() }), ["pod"], 600).optional(),
    })
    .optional(),
  endpoints: z.object({ ui: text(512).optional(), api: text(512).optional() }).optional(),
  inventory: z
    .object({
      hosts: int().optional(),
      containers: int().optional(),
      processes: int().optional(),
      pods: int().optional(),
      services: int().optional(),
      edges: int().optional(),
    })
    .optional(),
  reportAge: z.enum(["<=5s", "<=15s", "<=60s", ">60s"]).optional(),
  probeErrors: listOf(z.object({ node: filled(), code: filled(64) }), 10).optional(),
});

export type ProbeFleetStatus = z.output<typeof ProbeFleetStatus>;
