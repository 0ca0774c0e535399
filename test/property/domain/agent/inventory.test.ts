import fc from "fast-check";
import { expect } from "chai";
import { computeInventory } from "../../../../src/domain/agent/inventory.ts";
import { effectivePodRequest } from "../../../../src/domain/agent/pod-request.ts";
import { scalarMilli } from "../../../../src/domain/resources/arithmetic.ts";
import { makePod } from "../../../support/agent/builders.ts";

const milliCpu = fc.integer({ min: 0, max: 4_000 });
const arbitraryContainer = milliCpu.map((cpu) => ({
  name: "c",
  resources: { requests: { cpu: `${cpu}m` } },
}));
const arbitraryPod = fc
  .record({
    containers: fc.array(arbitraryContainer, { minLength: 1, maxLength: 3 }),
    init: fc.array(fc.tuple(arbitraryContainer, fc.boolean()), { maxLength: 3 }),
    overhead: milliCpu,
    podLevel: fc.option(milliCpu, { nil: undefined }),
    inPool: fc.boolean(),
  })
  .map(({ containers, init, overhead, podLevel, inPool }) =>
    makePod({
      labels: inPool ? { "orchestrator.io/pool": "mesos" } : {},
      spec: {
        containers,
        initContainers: init.map(([container, isSidecar]) => ({
          ...container,
          ...(isSidecar ? { restartPolicy: "Always" } : {}),
        })),
        overhead: { cpu: `${overhead}m` },
        ...(podLevel === undefined ? {} : { resources: { requests: { cpu: `${podLevel}m` } } }),
      },
    }),
  );

describe("the inventory of a node", () => {
  it("MES-05 advertises allocatable less outside pods less reserve, exactly, and never more", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 64_000 }),
        fc.integer({ min: 0, max: 8_000 }),
        fc.array(arbitraryPod, { maxLength: 8 }),
        (allocatable, reserve, pods) => {
          const node = {
            metadata: { name: "n" },
            status: { allocatable: { cpu: `${allocatable}m` } },
          };
          const { total } = computeInventory(node, pods, {
            pool: "mesos",
            defaultRole: "*",
            reserve: { cpus: reserve },
            ports: [],
            extended: {},
            fixed: {},
          });
          const outside = pods
            .filter((pod) => pod.metadata.labels?.["orchestrator.io/pool"] === undefined)
            .reduce((sum, pod) => sum + (effectivePodRequest(pod.spec).get("cpu") ?? 0), 0);
          const left = allocatable - outside - reserve;
          expect(scalarMilli(total, "cpus")).to.equal(Math.max(0, left));
        },
      ),
    );
  });
});
