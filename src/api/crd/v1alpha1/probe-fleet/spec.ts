import { z } from "zod";
import { commonSpec } from "../common/common-spec.ts";
import { Monitoring, securityFields } from "../common/security.ts";
import { listOf, setOf } from "../schema/collections.ts";
import { int, seconds } from "../schema/numbers.ts";
import { withRules } from "../schema/rules.ts";
import { filled, text } from "../schema/text.ts";
import { Collectors, Rendering } from "./collectors.ts";
import { FleetService, Probe, Topology } from "./servers.ts";

const duration = z
  .string()
  .max(16)
  .regex(/^[0-9]{1,6}[smhd]$/);

const Intervals = withRules(
  z.object({
    metricsSeconds: seconds(1, 60).default(5),
    connectionsSeconds: seconds(1, 3600).default(15),
    processesSeconds: seconds(1, 3600).default(15),
    fullSeconds: seconds(1, 3600).default(300),
    eventBatchMs: int(1, 60_000).default(200),
  }),
  [
    {
      rule: "self.fullSeconds >= 10 * self.metricsSeconds",
      message: "fullSeconds must be at least 10 times metricsSeconds",
      fieldPath: ".fullSeconds",
      holds: ({ fullSeconds, metricsSeconds }) => fullSeconds >= 10 * metricsSeconds,
    },
  ],
);

const Retention = z.object({
  fine: z.object({ window: duration.default("1h"), step: duration.default("15s") }).prefault({}),
  coarse: z.object({ window: duration.default("24h"), step: duration.default("5m") }).prefault({}),
  snapshotSeconds: seconds(1).default(60),
});

const CONTROLS = [
  "Logs",
  "Describe",
  "Exec",
  "Attach",
  "Restart",
  "Start",
  "Stop",
  "Pause",
  "Scale",
  "Delete",
  "Cordon",
] as const;

const Controls = z.object({
  allowed: setOf(z.enum(CONTROLS), CONTROLS.length).default(["Logs"]),
  hostShell: z.boolean().default(false),
  sessionIdleMinutes: int(1, 1440).default(15),
});

const globs = listOf(filled(), 256).prefault([]);
const Filters = z.object({
  namespaces: z.object({ include: globs, exclude: globs }).prefault({}),
  labels: globs,
});

const Plugins = z.object({
  enabled: z.boolean().default(false),
  directory: text(1024).default("/var/run/orchestrator/plugins"),
  timeoutMs: int(1, 60_000).default(200),
  maxBytes: int(1).default(1_048_576),
});

/** What a person asks of the monitoring of a cluster. */
export const ProbeFleetSpec = withRules(
  z.object({
    collectors: Collectors.prefault({}),
    rendering: Rendering.prefault({}),
    intervals: Intervals.prefault({}),
    retention: Retention.prefault({}),
    redaction: z
      .object({
        env: z.boolean().default(true),
        arguments: z.boolean().default(true),
        labels: globs,
      })
      .prefault({}),
    filters: Filters.prefault({}),
    controls: Controls.prefault({}),
    plugins: Plugins.prefault({}),
    probe: Probe.prefault({}),
    topology: Topology.prefault({}),
    service: FleetService.prefault({}),
    security: z.object(securityFields).prefault({}),
    monitoring: Monitoring.prefault({}),
    ...commonSpec,
  }),
  [
    {
      rule: "self.service.type == 'ClusterIP' || self.security.authentication.mode == 'Required'",
      message: "a Service reachable from outside needs security.authentication.mode: Required",
      reason: "FieldValueForbidden",
      fieldPath: ".service.type",
      holds: ({ service, security }) =>
        service.type === "ClusterIP" || security.authentication.mode === "Required",
    },
  ],
);

export type ProbeFleetSpec = z.output<typeof ProbeFleetSpec>;
