import { expect } from "chai";
import { MarathonAppSpec } from "../../../../src/api/crd/v1alpha1/marathon-app/spec.ts";
import { noteFieldsWithoutEffect } from "../../../../src/domain/marathon/decide/fields-without-effect.ts";
import { FidelityNotes } from "../../../../src/domain/marathon/manifests/fidelity.ts";

function notesOf(spec: object): readonly string[] {
  const notes = new FidelityNotes();
  noteFieldsWithoutEffect(MarathonAppSpec.parse({ id: "/web", cmd: "sleep 1", ...spec }), notes);
  return notes.items.map(({ field, level }) => `${level[0]!} ${field}`);
}

const SECRETS = { secrets: { key: { source: "a/b" } } };
const PROTOCOL = { protocol: "MESOS_HTTP" };

const BOUNDS = { upgradeStrategy: { minimumHealthCapacity: 0.5, maximumOverCapacity: 0 } };

const cases: Readonly<
  Record<string, { readonly given: object; readonly want: readonly string[] }>
> = {
  "nothing of an app that asks for nothing": { given: {}, want: [] },
  "launch delays other than the usual ones, one by one": {
    given: { backoffSeconds: 5, backoffFactor: 2, maxLaunchDelaySeconds: 60 },
    want: ["D backoffSeconds", "D backoffFactor", "D maxLaunchDelaySeconds"],
  },
  "an order of killing that holds only in part": {
    given: { killSelection: "OLDEST_FIRST" },
    want: ["A killSelection"],
  },
  "residency, since there are no persistent volumes": {
    given: { residency: {} },
    want: ["D residency"],
  },
  "an IPC namespace shared with the agent, or its size": {
    given: { container: { linuxInfo: { ipcInfo: { mode: "SHARE_PARENT" } } } },
    want: ["D container.linuxInfo.ipcInfo"],
  },
  "no IPC namespace of the task's own": {
    given: { container: { linuxInfo: { ipcInfo: { mode: "PRIVATE" } } } },
    want: [],
  },
  "checks over IPv6": {
    given: { healthChecks: [PROTOCOL, { ...PROTOCOL, ipProtocol: "IPv6" }] },
    want: ["D healthChecks[1].ipProtocol"],
  },
  "a readiness response that is to be kept": {
    given: { readinessChecks: [{ preserveLastResponse: true }] },
    want: ["D readinessChecks[0].preserveLastResponse"],
  },
  "a restart for a changed secret": {
    given: { ...SECRETS, rollout: {} },
    want: ["D rollout.secretChange"],
  },
  "no changed secret that is to be ignored, as it is": {
    given: { ...SECRETS, rollout: { secretChange: "Ignore" } },
    want: [],
  },
  "no changed secret of Marathon's own algorithm": { given: SECRETS, want: [] },
  "what another strategy than the app's reads": {
    given: { rollout: { strategy: "Rolling", steps: [], batch: {}, blueGreen: {} } },
    want: ["D rollout.steps", "D rollout.blueGreen"],
  },
  "bounds of an upgrade that a strategy does not keep": {
    given: { ...BOUNDS, rollout: { strategy: "BlueGreen" } },
    want: ["A upgradeStrategy"],
  },
  "no bounds of an upgrade where they hold, or are the usual ones": {
    given: {
      upgradeStrategy: { minimumHealthCapacity: 1, maximumOverCapacity: 1 },
      rollout: { strategy: "Rolling" },
    },
    want: [],
  },
  "no bounds of an upgrade with Marathon's own algorithm": { given: BOUNDS, want: [] },
  "no bounds of an upgrade with Canary": {
    given: { ...BOUNDS, rollout: { strategy: "Canary" } },
    want: [],
  },
  "a router without a strategy": {
    given: { rollout: { trafficRouting: {} } },
    want: ["D rollout.trafficRouting"],
  },
  "a batch of a canary": {
    given: { rollout: { strategy: "Canary", steps: [], trafficRouting: {}, batch: {} } },
    want: ["D rollout.batch"],
  },
  "test traffic, and a promotion that nobody allowed": {
    given: {
      rollout: {
        strategy: "BlueGreen",
        blueGreen: { testTrafficPercent: 5, autoPromotionSeconds: 60 },
      },
    },
    want: ["D rollout.blueGreen.testTrafficPercent", "D rollout.blueGreen.autoPromotionSeconds"],
  },
  "nothing of a blue-green rollout as it is made": {
    given: {
      rollout: {
        strategy: "BlueGreen",
        blueGreen: { autoPromotion: true, autoPromotionSeconds: 60 },
      },
    },
    want: [],
  },
  "analysis and rollback": {
    given: { rollout: { strategy: "Recreate", analysis: {}, rollback: "Automatic" } },
    want: ["A rollout.strategy", "D rollout.analysis", "D rollout.rollback"],
  },
};

describe("noteFieldsWithoutEffect", () => {
  for (const [name, { given, want }] of Object.entries(cases)) {
    it(`names ${name}`, () => {
      expect(notesOf(given)).to.deep.equal(want);
    });
  }
});
