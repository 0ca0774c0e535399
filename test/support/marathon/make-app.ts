import { MarathonAppSpec } from "../../../src/api/crd/v1alpha1/marathon-app/spec.ts";
import { AppInput } from "../../../src/api/marathon/app-input.ts";
import type { AppDefinition } from "../../../src/api/marathon/app.ts";
import type { MarathonAppSeen } from "../../../src/domain/marathon/decide/marathon-app-seen.ts";
import { RENDER_DEFAULTS } from "../../../src/domain/marathon/manifests/render-input.ts";
import type { RenderInput } from "../../../src/domain/marathon/manifests/render-input.ts";
import { normalizeApp } from "../../../src/domain/marathon/normalize/normalize-app.ts";
import { NORMALIZE_DEFAULTS } from "../../../src/domain/marathon/normalize/normalize-config.ts";
import type { AppPod } from "../../../src/domain/marathon/status/app-pod.ts";

/** The canonical app of a document as clients write it; `/web` that sleeps unless said otherwise. */
export function makeApp(document: object = {}): AppDefinition {
  const input = AppInput.parse({ id: "/web", cmd: "sleep 1", ...document });
  const result = normalizeApp(input, NORMALIZE_DEFAULTS);
  if (result.kind !== "ok") throw new Error(JSON.stringify(result));
  return result.app;
}

/** A rendering of `makeApp(document)` as `web` in pool `mesos`. */
export function makeRender(
  document: object = {},
  overrides: Partial<RenderInput> = {},
): RenderInput {
  return {
    name: "web",
    namespace: "default",
    uid: "uid-web",
    app: makeApp(document),
    cluster: "mesos",
    version: "2026-01-01T00:00:00.000Z",
    placement: { kind: "none" },
    servicePorts: [10_000, 10_001, 10_002],
    dependencies: [],
    settings: RENDER_DEFAULTS,
    ...overrides,
  };
}

/** What a look at MarathonApp `web` sees before anything exists. */
export function makeSeen(
  spec: object = {},
  overrides: Partial<MarathonAppSeen> = {},
): MarathonAppSeen {
  return {
    nowMs: Date.parse("2026-01-01T00:00:00.000Z"),
    object: {
      metadata: {
        name: "web",
        namespace: "default",
        uid: "uid-web",
        generation: 1,
        resourceVersion: "1",
        creationTimestamp: "2026-01-01T00:00:00Z",
      },
      spec: MarathonAppSpec.parse({ id: "/web", cmd: "sleep 1", ...spec }),
    },
    settings: RENDER_DEFAULTS,
    cluster: "mesos",
    labelsOnEveryNode: new Set(),
    rollout: undefined,
    services: [],
    podDisruptionBudget: undefined,
    pods: [],
    duplicateOf: undefined,
    dependencies: [],
    usedServicePorts: new Set(),
    versions: [],
    ...overrides,
  };
}

export interface PodParts {
  readonly name?: string;
  readonly phase?: string;
  readonly isReady?: boolean;
  readonly isGated?: boolean;
  readonly isStarted?: boolean;
  readonly restartCount?: number;
  readonly nodeName?: string | undefined;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly deletedAt?: string;
  readonly reason?: string;
  readonly exitCode?: number;
  readonly unschedulable?: string;
}

/** A running, ready instance of `web`; overrides for all that matters. */
export function makePod(parts: PodParts = {}): AppPod {
  const { name = "web-1", phase = "Running", isReady = true, isGated = false } = parts;
  const runs = phase === "Running" && !isGated;
  const nodeName = "nodeName" in parts ? parts.nodeName : runs ? "node-1" : undefined;
  return {
    metadata: {
      name,
      namespace: "default",
      uid: `00000000-0000-4000-8000-${name.padStart(12, "0")}`,
      creationTimestamp: "2026-01-01T00:00:00Z",
      annotations: {
        "marathon.orchestrator.io/version": "2026-01-01T00:00:00.000Z",
        ...parts.annotations,
      },
      ...(parts.deletedAt === undefined ? {} : { deletionTimestamp: parts.deletedAt }),
    },
    spec: {
      ...(nodeName === undefined ? {} : { nodeName }),
      ...(isGated ? { schedulingGates: [{ name: "orchestrator.io/admission" }] } : {}),
    },
    status: {
      phase: isGated ? "Pending" : phase,
      ...(parts.reason === undefined ? {} : { reason: parts.reason }),
      podIP: "10.0.0.1",
      hostIP: "192.168.0.1",
      conditions: [
        { type: "Ready", status: isReady && runs ? "True" : "False" },
        ...(parts.unschedulable === undefined
          ? []
          : [
              {
                type: "PodScheduled",
                status: "False",
                reason: "Unschedulable",
                message: parts.unschedulable,
              },
            ]),
      ],
      containerStatuses: [
        {
          name: "app",
          ready: isReady && runs,
          started: parts.isStarted ?? runs,
          restartCount: parts.restartCount ?? 0,
          state: runs
            ? { running: { startedAt: "2026-01-01T00:00:05Z" } }
            : parts.exitCode === undefined
              ? { waiting: { reason: "ContainerCreating" } }
              : {
                  terminated: {
                    exitCode: parts.exitCode,
                    reason: "Error",
                    finishedAt: "2026-01-01T00:01:00Z",
                  },
                },
        },
      ],
    },
  };
}
