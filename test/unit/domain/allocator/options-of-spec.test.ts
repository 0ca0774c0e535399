import { expect } from "chai";
import { Allocation } from "../../../../src/api/crd/v1alpha1/mesos-cluster/allocation.ts";
import {
  allocatorOptionsOf,
  parseMinimums,
} from "../../../../src/domain/allocator/options-of-spec.ts";

describe("parseMinimums", () => {
  it("reads alternatives of one or more quantities", () => {
    expect(parseMinimums("cpus:0.01|mem:32;disk:1")).to.deep.equal([
      { cpus: 10 },
      { mem: 32_000, disk: 1000 },
    ]);
  });
  it("takes nothing for: anything will do", () => {
    expect(parseMinimums("")).to.deep.equal([]);
  });
  it("does not guess", () => {
    expect(parseMinimums("cpus=1")).to.equal(undefined);
  });
});

describe("allocatorOptionsOf", () => {
  it("MES-44 gives Mesos' rules with our timing where a MesosCluster says nothing", () => {
    expect(allocatorOptionsOf(Allocation.parse({}), {})).to.deep.equal({
      intervalMs: 1000,
      coalesceMs: 5,
      roleSorter: "drf",
      frameworkSorter: "drf",
      fairSharingExcluded: [],
      filterGpuResources: true,
      demandAware: true,
      trigger: "event",
      agentOrder: "fullest",
      shareCountsIdleReservations: false,
      minAllocatable: [{ cpus: 10 }, { mem: 32_000 }],
    });
  });
  it("takes the flags that have no field", () => {
    const flags = {
      allocation_trigger: "interval",
      agent_order: "shuffled",
      allocation_seed: "7",
      share_counts_idle_reservations: "true",
    };
    expect(allocatorOptionsOf(Allocation.parse({}), flags)).to.include({
      trigger: "interval",
      agentOrder: "shuffled",
      seed: 7,
      shareCountsIdleReservations: true,
    });
  });
});
