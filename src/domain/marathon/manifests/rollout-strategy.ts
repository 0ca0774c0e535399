import type { AppRollout } from "../../../api/crd/v1alpha1/marathon-app/rollout.ts";
import { rolloutNumbers, type RolloutNumbers } from "../deployment/rollout-numbers.ts";
import { present } from "./manifest.ts";
import { previewServiceName, serviceName } from "./names.ts";
import type { RenderInput } from "./render-input.ts";

type Step = Readonly<Record<string, unknown>>;

const weight = (percent: number): Step => ({ setWeight: percent });
const pause = (duration: string): Step => ({ pause: { duration } });

/** Canary without steps of its own: 10 %, 25 %, 50 %, 75 %, then everything. */
const CANARY_STEPS: readonly Step[] = [
  weight(10),
  pause("5m"),
  weight(25),
  pause("10m"),
  weight(50),
  pause("15m"),
  weight(75),
  pause("10m"),
];

type Batch = NonNullable<AppRollout["batch"]>;
const DEFAULT_BATCH: Batch = { percent: 10, minHealthyPercent: 90, pauseSeconds: 30 };

/** Weights p, 2p, … below 100 with a pause after each. */
function batchSteps({ percent, pauseSeconds }: Batch): Step[] {
  const count = Math.max(0, Math.ceil(100 / percent) - 1);
  return Array.from({ length: count }, (_, i) => (i + 1) * percent).flatMap((at) =>
    pauseSeconds > 0 ? [weight(at), pause(`${pauseSeconds}s`)] : [weight(at)],
  );
}

/**
 * Bounds of batches: `maxUnavailable = n − ceil(n·minHealthy/100)`, `maxSurge = max(1, ceil(n·percent/100))`.
 * Example: 20 instances, 10 %, 90 % → 2 and 2.
 */
function batchNumbers(instances: number, batch: Batch): RolloutNumbers {
  return {
    maxSurge: Math.max(1, Math.ceil((instances * batch.percent) / 100)),
    maxUnavailable: instances - Math.ceil((instances * batch.minHealthyPercent) / 100),
  };
}

function canary(numbers: RolloutNumbers, steps: readonly Step[], extra: object = {}): object {
  return { canary: { ...numbers, ...(steps.length > 0 ? { steps } : {}), ...extra } };
}

function blueGreen(input: RenderInput): object {
  const options = input.rollout?.blueGreen;
  return {
    blueGreen: present({
      activeService: serviceName(input.name),
      previewService: previewServiceName(input.name),
      autoPromotionEnabled: options?.autoPromotion ?? false,
      autoPromotionSeconds: options?.autoPromotion ? options.autoPromotionSeconds : undefined,
      previewReplicaCount: options?.previewInstances,
      scaleDownDelaySeconds: options?.scaleDownDelaySeconds ?? 30,
    }),
  };
}

/** Argo's strategy for the app; the numbers are absolute, so that they say exactly what Marathon computes. */
export function rolloutStrategy(input: RenderInput): object {
  const { app, rollout } = input;
  const { minimumHealthCapacity, maximumOverCapacity } = app.upgradeStrategy;
  const numbers = rolloutNumbers(app.instances, minimumHealthCapacity, maximumOverCapacity);
  switch (rollout?.strategy) {
    case undefined:
      return canary(numbers, []);
    case "Rolling": {
      const batch = rollout.batch ?? DEFAULT_BATCH;
      return canary(batchNumbers(app.instances, batch), batchSteps(batch));
    }
    case "Canary": {
      const routing = rollout.trafficRouting ? { trafficRouting: rollout.trafficRouting } : {};
      return canary(numbers, rollout.steps ?? CANARY_STEPS, routing);
    }
    case "BlueGreen":
      return blueGreen(input);
    case "Recreate":
      return canary(
        app.instances === 0
          ? { maxSurge: 1, maxUnavailable: 0 }
          : { maxSurge: 0, maxUnavailable: app.instances },
        [],
      );
  }
}
