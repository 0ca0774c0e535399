import { expect } from "chai";
import type { GatedPodSpec, RuledNode } from "../../../../src/domain/admission/kube-view.ts";
import { nodeRulesOf, refusesNode } from "../../../../src/domain/admission/rules/node-rules.ts";
import { makeRuledNode } from "../../../support/admission/make-gated-pod.ts";

const affinity = (
  ...terms: NonNullable<
    NonNullable<
      NonNullable<GatedPodSpec["affinity"]>["nodeAffinity"]
    >["requiredDuringSchedulingIgnoredDuringExecution"]
  >["nodeSelectorTerms"]
): Partial<GatedPodSpec> => ({
  affinity: {
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
  },
});
const disk = { labels: { disk: "ssd", generation: "7" } };
const tainted = (effect: "NoSchedule" | "PreferNoSchedule" | "NoExecute", value = "batch") => ({
  spec: { taints: [{ key: "dedicated", value, effect }] },
});

const cases: Record<
  string,
  { spec?: Partial<GatedPodSpec>; node?: Parameters<typeof makeRuledNode>[1]; want?: string }
> = {
  "a pod without rules runs anywhere": {},
  "a node with the selected label is fine": { spec: { nodeSelector: { disk: "ssd" } }, node: disk },
  "a node without the selected label is refused": {
    spec: { nodeSelector: { disk: "ssd" } },
    want: "selector",
  },
  "a cordoned node is refused": { node: { spec: { unschedulable: true } }, want: "unschedulable" },
  "a cordoned node is fine for a pod that tolerates it": {
    spec: { tolerations: [{ key: "node.kubernetes.io/unschedulable", operator: "Exists" }] },
    node: { spec: { unschedulable: true } },
  },
  "a NoSchedule taint keeps pods away": { node: tainted("NoSchedule"), want: "taint" },
  "a NoExecute taint keeps pods away": { node: tainted("NoExecute"), want: "taint" },
  "a PreferNoSchedule taint keeps nobody away": { node: tainted("PreferNoSchedule") },
  "an equal toleration lets the pod in": {
    spec: { tolerations: [{ key: "dedicated", value: "batch", effect: "NoSchedule" }] },
    node: tainted("NoSchedule"),
  },
  "a toleration of another value does not": {
    spec: { tolerations: [{ key: "dedicated", value: "web" }] },
    node: tainted("NoSchedule"),
    want: "taint",
  },
  "a toleration of another effect does not": {
    spec: { tolerations: [{ key: "dedicated", operator: "Exists", effect: "NoExecute" }] },
    node: tainted("NoSchedule"),
    want: "taint",
  },
  "Exists without a key tolerates everything": {
    spec: { tolerations: [{ operator: "Exists" }] },
    node: tainted("NoExecute"),
  },
  "Equal without a key tolerates nothing": {
    spec: { tolerations: [{ value: "batch" }] },
    node: tainted("NoSchedule"),
    want: "taint",
  },
  "affinity: any one alternative suffices": {
    spec: affinity(
      { matchExpressions: [{ key: "disk", operator: "In", values: ["hdd"] }] },
      { matchExpressions: [{ key: "disk", operator: "Exists" }] },
    ),
    node: disk,
  },
  "affinity: all expressions of an alternative must hold": {
    spec: affinity({
      matchExpressions: [
        { key: "disk", operator: "Exists" },
        { key: "generation", operator: "Lt", values: ["7"] },
      ],
    }),
    node: disk,
    want: "affinity",
  },
  "affinity: numbers compare as numbers": {
    spec: affinity({ matchExpressions: [{ key: "generation", operator: "Gt", values: ["6"] }] }),
    node: disk,
  },
  "affinity: NotIn accepts a missing label": {
    spec: affinity({ matchExpressions: [{ key: "disk", operator: "NotIn", values: ["ssd"] }] }),
  },
  "affinity: a field names the node": {
    spec: affinity({ matchFields: [{ key: "metadata.name", operator: "In", values: ["n2"] }] }),
    want: "affinity",
  },
  "affinity: an empty alternative matches nothing": { spec: affinity({}), want: "affinity" },
  "affinity: no alternative matches nothing": { spec: affinity(), want: "affinity" },
  "the cordon is named before the taint": {
    node: { spec: { unschedulable: true, ...tainted("NoSchedule").spec } },
    want: "unschedulable",
  },
};

describe("refusesNode", () => {
  for (const [name, { spec = {}, node = {}, want }] of Object.entries(cases)) {
    it(name, () => {
      const rules = nodeRulesOf({ containers: [], ...spec });
      const target: RuledNode = makeRuledNode("n1", node);
      expect(refusesNode(rules, target)?.kind).to.equal(want);
    });
  }
});
