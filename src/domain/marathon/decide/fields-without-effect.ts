import type { MarathonAppSpec } from "../../../api/crd/v1alpha1/marathon-app/spec.ts";
import type { FidelityNotes } from "../manifests/fidelity.ts";

type Rollout = NonNullable<MarathonAppSpec["rollout"]>;

const LATER = "is acted on in a later release";

/** Parts of `rollout` that one strategy alone reads. */
const READ_BY = [
  ["steps", "Canary"],
  ["trafficRouting", "Canary"],
  ["batch", "Rolling"],
  ["blueGreen", "BlueGreen"],
] as const satisfies readonly (readonly [keyof Rollout, Rollout["strategy"]])[];

function noteRollout(rollout: Rollout, hasSecrets: boolean, notes: FidelityNotes): void {
  const { strategy, blueGreen } = rollout;
  for (const [field, reader] of READ_BY) {
    if (rollout[field] !== undefined && strategy !== reader) {
      notes.dropped(`rollout.${field}`, `read with strategy ${reader} only`);
    }
  }
  if (strategy === "BlueGreen" && blueGreen !== undefined) {
    if (blueGreen.testTrafficPercent > 0) {
      notes.dropped("rollout.blueGreen.testTrafficPercent", LATER);
    }
    if (blueGreen.autoPromotionSeconds !== undefined && !blueGreen.autoPromotion) {
      notes.dropped("rollout.blueGreen.autoPromotionSeconds", "read with autoPromotion only");
    }
  }
  if (strategy === "Recreate") {
    notes.approximated("rollout.strategy", "new instances do not wait for the end of the old ones");
  }
  if (rollout.analysis) notes.dropped("rollout.analysis", LATER);
  if (rollout.rollback) notes.dropped("rollout.rollback", `${LATER}; an aborted rollout waits`);
  if (hasSecrets && rollout.secretChange === "Restart") {
    notes.dropped(
      "rollout.secretChange",
      `${LATER}; a changed secret restarts nothing: say Ignore`,
    );
  }
}

/** What Marathon does when no value is given; a value like it asks for nothing. */
const BACKOFF = { backoffSeconds: 1, backoffFactor: 1.15, maxLaunchDelaySeconds: 300 } as const;

function noteMarathonFields(spec: MarathonAppSpec, notes: FidelityNotes): void {
  for (const [field, usual] of Object.entries(BACKOFF)) {
    if (spec[field as keyof typeof BACKOFF] !== usual) {
      notes.dropped(field, `${LATER}; the kubelet waits 10 s to 5 min between restarts`);
    }
  }
  if (spec.killSelection !== "YOUNGEST_FIRST") {
    notes.approximated("killSelection", "by age only among Pods that are equally ready");
  }
  if (spec.residency) notes.dropped("residency", `${LATER}, with persistent volumes`);
  const ipc = spec.container?.linuxInfo?.ipcInfo;
  if (ipc && (ipc.mode !== "PRIVATE" || ipc.shmSize !== undefined)) {
    notes.dropped("container.linuxInfo.ipcInfo", "every Pod has an IPC namespace of its own");
  }
  spec.healthChecks.forEach(({ ipProtocol }, i) => {
    if (ipProtocol === "IPv6") {
      notes.dropped(`healthChecks[${i}].ipProtocol`, "checks go to the Pod's first address");
    }
  });
  spec.readinessChecks.forEach(({ preserveLastResponse }, i) => {
    if (preserveLastResponse) {
      notes.dropped(`readinessChecks[${i}].preserveLastResponse`, "no response is kept");
    }
  });
}

/** Only Canary, and Marathon's own algorithm, take their bounds from `upgradeStrategy`. */
function noteUpgradeStrategy(spec: MarathonAppSpec, notes: FidelityNotes): void {
  const strategy = spec.rollout?.strategy;
  const { minimumHealthCapacity = 1, maximumOverCapacity = 1 } = spec.upgradeStrategy ?? {};
  const isUsual = minimumHealthCapacity === 1 && maximumOverCapacity === 1;
  if (isUsual || strategy === undefined || strategy === "Canary") return;
  notes.approximated(
    "upgradeStrategy",
    `bounds the disruption budget; strategy ${strategy} has bounds of its own`,
  );
}

/** Names every field of the spec that is accepted, and that nothing of this release acts on as it asks. */
export function noteFieldsWithoutEffect(spec: MarathonAppSpec, notes: FidelityNotes): void {
  if (spec.autoscaling) notes.dropped("autoscaling", LATER);
  if (spec.healing) notes.dropped("healing", `${LATER}; the kubelet restarts in place`);
  if (spec.rollout) noteRollout(spec.rollout, Object.keys(spec.secrets).length > 0, notes);
  noteUpgradeStrategy(spec, notes);
  noteMarathonFields(spec, notes);
}
