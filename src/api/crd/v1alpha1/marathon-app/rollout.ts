import { z } from "zod";
import { listOf, openObject } from "../schema/collections.ts";
import { int, seconds } from "../schema/numbers.ts";
import { choice, filled, text } from "../schema/text.ts";

/** One canary step in Argo's own notation, e.g. `{setWeight: 25}`, `{pause: {duration: 5m}}`. */
const CanaryStep = openObject();

const Batch = z.object({
  percent: int(1, 100).default(10),
  minHealthyPercent: int(0, 100).default(90),
  pauseSeconds: seconds().default(30),
});

const BlueGreen = z.object({
  autoPromotion: z.boolean().default(false),
  autoPromotionSeconds: seconds().optional(),
  previewInstances: int(0).optional(),
  scaleDownDelaySeconds: seconds().default(30),
  testTrafficPercent: int(0, 100).default(0),
});

const Analysis = z.object({
  prometheusAddress: filled(1024).optional(),
  successRate: z.number().min(0).max(1).default(0.99),
  minRequests: int(0).default(20),
  query: text(4096).optional(),
  intervalSeconds: seconds(1).default(30),
  count: int(1).optional(),
  failureLimit: int(0).default(2),
  consecutiveErrorLimit: int(0).default(4),
  initialDelaySeconds: seconds().optional(),
  metrics: listOf(openObject(), 32).optional().describe("Further metrics in Argo's notation."),
});

/** How a new version takes over. Absent: Marathon's own algorithm. */
export const AppRollout = z.object({
  strategy: z.enum(["Rolling", "Canary", "BlueGreen", "Recreate"]).optional(),
  steps: listOf(CanaryStep, 64).optional(),
  batch: Batch.optional(),
  blueGreen: BlueGreen.optional(),
  analysis: Analysis.optional(),
  trafficRouting: openObject().optional().describe("A router that Argo Rollouts knows."),
  rollback: z.enum(["Automatic", "Manual"]).optional(),
  restartOn: choice("Any", "PodTemplate"),
  secretChange: choice("Restart", "Ignore"),
  externalEdits: choice("Adopt", "Revert"),
  drainSeconds: seconds().default(2),
  progressDeadlineSeconds: seconds(1).default(600),
  abortOnDeadline: z.boolean().default(false),
});

export type AppRollout = z.output<typeof AppRollout>;
