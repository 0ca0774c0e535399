import type { AppDefinition } from "../../../api/marathon/app.ts";
import { networkMode } from "../app/app-facts.ts";
import { affinityOf } from "./affinity.ts";
import { appContainer, drainSeconds } from "./app-container.ts";
import { podMetadata } from "./app-metadata.ts";
import { parameterEffects, type ParameterEffects } from "./docker-parameters.ts";
import { fetchContainer } from "./fetch-container.ts";
import type { FidelityNotes } from "./fidelity.ts";
import { present } from "./manifest.ts";
import { ADMISSION_GATE, labelAnnotation } from "./names.ts";
import type { RenderInput } from "./render-input.ts";
import { secretKeyRef } from "./secrets.ts";
import { readinessGates } from "../probing/prober-checks.ts";
import { podVolumes } from "./volumes.ts";

const GRACE_DEFAULT_SECONDS = 30;

/** Lost nodes: replaced after inactiveAfterSeconds, or waited for without end. */
function tolerations({ unreachableStrategy: strategy }: AppDefinition, notes: FidelityNotes) {
  const seconds = strategy === "disabled" ? undefined : strategy.inactiveAfterSeconds;
  if (strategy !== "disabled" && strategy.expungeAfterSeconds > strategy.inactiveAfterSeconds) {
    notes.approximated(
      "unreachableStrategy",
      "the replacement starts after inactiveAfterSeconds; the lost Pod stays until its node answers",
    );
  }
  return ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"].map((key) => ({
    key,
    operator: "Exists",
    effect: "NoExecute",
    ...(seconds === undefined ? {} : { tolerationSeconds: seconds }),
  }));
}

function networkAnnotations(app: AppDefinition, notes: FidelityNotes): Record<string, string> {
  if (networkMode(app.networks) !== "container") return {};
  const names = app.networks.map(({ name }) => name).filter((name) => name !== undefined);
  notes.approximated("networks", "a NetworkAttachmentDefinition of that name where one exists");
  return names.length === 0 ? {} : { "k8s.v1.cni.cncf.io/networks": names.join(",") };
}

function pullSecrets(input: RenderInput, notes: FidelityNotes): readonly object[] {
  const secret = input.app.container?.docker?.pullConfig?.secret;
  if (secret === undefined) return [];
  const source = input.app.secrets[secret]?.source ?? secret;
  return [{ name: secretKeyRef(source, input, notes).name }];
}

function noteUnmapped(app: AppDefinition, notes: FidelityNotes): void {
  if (app.executor !== "" && app.executor !== "//cmd") {
    notes.dropped("executor", "custom executors do not exist in Kubernetes");
  }
  if (app.executorResources) notes.approximated("executorResources", "no executor beside the task");
  if (app.readinessChecks.length > 0) {
    notes.approximated("readinessChecks", "during a deployment, traffic waits for it, too");
  }
  if (app.check) notes.dropped("check", "run in a later release; no checkResult is shown");
  if (app.taskKillGracePeriodSeconds === undefined) {
    notes.approximated("taskKillGracePeriodSeconds", `unset: ${GRACE_DEFAULT_SECONDS} s`);
  }
}

function dnsOf(effects: ParameterEffects, onHost: boolean): object {
  const dnsConfig = present({ nameservers: effects.nameservers, searches: effects.searches });
  return {
    dnsPolicy: onHost ? "ClusterFirstWithHostNet" : "ClusterFirst",
    ...(Object.keys(dnsConfig).length > 0 ? { dnsConfig } : {}),
  };
}

/**
 * The Pod template: a pure function of its input, and nothing in it depends on `instances`, so that scaling restarts
 * nothing. It carries the gate that the engine opens and everything the engine reads (marathon.md 7.1).
 */
export function podTemplate(input: RenderInput, notes: FidelityNotes): object {
  const { app } = input;
  const effects = parameterEffects(app.container?.docker?.parameters ?? [], notes);
  const onHost = networkMode(app.networks) === "host";
  const { volumes, volumeMounts } = podVolumes(input, effects, notes);
  const fetch = fetchContainer(input, notes);
  const metadata = podMetadata(input, notes);
  noteUnmapped(app, notes);
  const grace = app.taskKillGracePeriodSeconds ?? GRACE_DEFAULT_SECONDS;
  return {
    metadata: {
      labels: metadata.labels,
      annotations: {
        ...metadata.annotations,
        ...networkAnnotations(app, notes),
        ...Object.fromEntries(effects.labels.map(([key, text]) => [labelAnnotation(key), text])),
      },
    },
    spec: present({
      schedulingGates: [{ name: ADMISSION_GATE }],
      hostNetwork: onHost ? true : undefined,
      ...dnsOf(effects, onHost),
      hostname: effects.hostname,
      hostAliases: effects.hostAliases,
      enableServiceLinks: false,
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: grace + drainSeconds(input),
      imagePullSecrets: pullSecrets(input, notes),
      securityContext: effects.sysctls.length > 0 ? { sysctls: effects.sysctls } : undefined,
      tolerations: tolerations(app, notes),
      affinity: affinityOf(input, input.placement),
      readinessGates: readinessGates(app).map((conditionType) => ({ conditionType })),
      initContainers: fetch ? [fetch] : [],
      containers: [appContainer(input, effects, volumeMounts, notes)],
      volumes,
    }),
  };
}
