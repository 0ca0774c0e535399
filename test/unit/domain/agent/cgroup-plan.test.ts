import { expect } from "chai";
import {
  cfsQuotaUs,
  cgroupLayout,
  type CgroupMount,
  cpuShares,
  cpuWeight,
  planCgroup,
  readCgroupMounts,
} from "../../../../src/domain/agent/cgroup-plan.ts";

const V1: readonly CgroupMount[] = ["cpu", "memory", "pids"].map((name) => ({
  path: `/c/${name}`,
  controllers: [name],
  unified: false,
}));
const V2: readonly CgroupMount[] = [
  { path: "/c", controllers: ["cpu", "memory", "pids"], unified: true },
];
const LIMITS = {
  cpuMillis: 500,
  cpuLimitMillis: 200,
  revocable: false,
  memMiB: 64,
  memLimitMiB: 64,
  limitSwap: false,
  pidsMax: 10,
};
const lines = (mounts: readonly CgroupMount[], limits = LIMITS): readonly string[] =>
  planCgroup(mounts, "mesos/id", limits).writes.map(({ file, value }) => `${file}=${value}`);

describe("planCgroup", () => {
  it("CNT-13 CNT-14 CNT-24 writes the limits of cgroup v1", () => {
    expect(lines(V1)).to.eql([
      "/c/cpu/mesos/id/cpu.shares=512",
      "/c/cpu/mesos/id/cpu.cfs_period_us=100000",
      "/c/cpu/mesos/id/cpu.cfs_quota_us=20000",
      "/c/memory/mesos/id/memory.soft_limit_in_bytes=67108864",
      "/c/memory/mesos/id/memory.limit_in_bytes=67108864",
      "/c/pids/mesos/id/pids.max=10",
    ]);
  });

  it("writes the same in the words of v2, and hands controllers down the tree", () => {
    expect(lines(V2)).to.eql([
      "/c/cgroup.subtree_control=+cpu +memory +pids",
      "/c/mesos/cgroup.subtree_control=+cpu +memory +pids",
      "/c/mesos/id/cpu.weight=20",
      "/c/mesos/id/cpu.max=20000 100000",
      "/c/mesos/id/memory.low=67108864",
      "/c/mesos/id/memory.max=67108864",
      "/c/mesos/id/memory.oom.group=1",
      "/c/mesos/id/pids.max=10",
    ]);
  });

  it("takes each controller where it is on a hybrid machine", () => {
    const hybrid = [...V1.filter(({ controllers }) => controllers[0] !== "pids"), ...V2];
    expect(planCgroup(hybrid, "id", LIMITS).folders).to.eql(["/c/cpu/id", "/c/memory/id", "/c/id"]);
    expect(cgroupLayout(hybrid)).to.equal("hybrid");
  });

  it("never limits memory below 32 MiB", () => {
    expect(lines(V1, { ...LIMITS, memMiB: 8, memLimitMiB: 8 })).to.include(
      "/c/memory/mesos/id/memory.limit_in_bytes=33554432",
    );
  });

  it("names the limits that nothing here can keep", () => {
    expect(planCgroup([], "id", LIMITS).missing).to.eql(["cpu", "memory", "pids"]);
  });

  it("computes shares, weights and quotas as Mesos and the kernel do", () => {
    expect([cpuShares(1000, false), cpuShares(1, false), cpuShares(1000, true)]).to.eql([
      1024, 2, 10,
    ]);
    expect([cpuWeight(2), cpuWeight(1024), cpuWeight(262_144)]).to.eql([1, 39, 10_000]);
    expect([cfsQuotaUs(200), cfsQuotaUs(1)]).to.eql([20_000, 1_000]);
  });

  it("CNT-22 finds the hierarchies in mountinfo", () => {
    const text = [
      "30 24 0:26 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid - cgroup cgroup rw,cpu,cpuacct",
      "31 24 0:27 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,name=systemd",
      "32 24 0:28 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw",
    ].join("\n");
    expect(readCgroupMounts(text, { "/sys/fs/cgroup/unified": ["pids"] })).to.eql([
      { path: "/sys/fs/cgroup/cpu,cpuacct", unified: false, controllers: ["cpu", "cpuacct"] },
      { path: "/sys/fs/cgroup/systemd", unified: false, controllers: [] },
      { path: "/sys/fs/cgroup/unified", unified: true, controllers: ["pids"] },
    ]);
  });
});
