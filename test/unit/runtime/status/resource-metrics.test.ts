import { expect } from "chai";
import type { Informer } from "../../../../src/runtime/informer/informer.ts";
import { KINDS } from "../../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../../src/runtime/kube/kube-object.ts";
import { exposeResourceMetrics } from "../../../../src/runtime/status/resource-metrics.ts";
import { RecordingMeter } from "../../../support/recording-meter.ts";

describe("exposeResourceMetrics", () => {
  it("counts objects by namespace and by what their conditions say, and drops empty namespaces", () => {
    const meter = new RecordingMeter();
    let objects: KubeObject[] = [];
    const informer = {
      kind: KINDS.StatefulSet,
      list: () => objects,
    } as unknown as Informer<KubeObject>;
    exposeResourceMetrics(meter, informer);
    const object = (name: string, ...types: readonly string[]): KubeObject =>
      ({
        metadata: { name, namespace: "ns" },
        status: { conditions: types.map((type) => ({ type, status: "True" })) },
      }) as KubeObject;
    objects = [object("a", "Ready"), object("b", "Stalled"), object("c", "ReconciliationPaused")];
    const labels = { kind: "StatefulSet", namespace: "ns" };
    const read = (suffix: string): number => meter.value(`orchestrator_resources${suffix}`, labels);
    expect(["", "_ready", "_paused", "_stalled"].map(read)).to.deep.equal([3, 1, 1, 1]);
    objects = [];
    expect(read("")).to.equal(0);
    expect(meter.seriesCount).to.equal(0);
  });
});
