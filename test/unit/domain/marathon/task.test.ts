import { expect } from "chai";
import { taskCounts } from "../../../../src/domain/marathon/status/task-counts.ts";
import {
  lastTaskFailure,
  parseTaskId,
  taskOf,
  taskState,
  withMillis,
} from "../../../../src/domain/marathon/status/task.ts";
import {
  queueState,
  reasonsOfScheduler,
} from "../../../../src/domain/marathon/status/queue-reason.ts";
import { makeApp, makePod, type PodParts } from "../../../support/marathon/make-app.ts";

const states: Readonly<Record<string, { readonly pod: PodParts; readonly want: string }>> = {
  "a gated Pod": { pod: { isGated: true }, want: "TASK_STAGING" },
  "a Pod without node": { pod: { phase: "Pending", nodeName: undefined }, want: "TASK_STAGING" },
  "a container being made": { pod: { phase: "Pending", nodeName: "n" }, want: "TASK_STAGING" },
  "a running container before its startup probe": {
    pod: { isStarted: false },
    want: "TASK_STARTING",
  },
  "a running container": { pod: {}, want: "TASK_RUNNING" },
  "a Pod that is being deleted": {
    pod: { deletedAt: "2026-01-01T00:00:00Z" },
    want: "TASK_KILLING",
  },
  "an evicted Pod": { pod: { phase: "Failed", reason: "Evicted" }, want: "TASK_GONE" },
  "an end with exit code 1": { pod: { phase: "Failed", exitCode: 1 }, want: "TASK_FAILED" },
  "an end with exit code 0": { pod: { phase: "Succeeded", exitCode: 0 }, want: "TASK_FINISHED" },
};

describe("tasks of Pods", () => {
  for (const [name, { pod, want }] of Object.entries(states)) {
    it(`${name} is ${want}`, () => {
      expect(taskState(makePod(pod))).to.equal(want);
    });
  }

  it("are numbered by their restarts in place", () => {
    const task = taskOf(makePod({ name: "1", restartCount: 2 }), {
      app: makeApp(),
      servicePorts: [],
    });
    expect(task.id).to.equal("web.instance-00000000-0000-4000-8000-000000000001._app.3");
  });

  it("have the addresses of their network: the node's with allocated ports, or the Pod's", () => {
    const annotations = { "marathon.orchestrator.io/port.0": "31005" };
    const onHost = taskOf(makePod({ annotations }), { app: makeApp(), servicePorts: [10_000] });
    expect(onHost).to.include({ host: "192.168.0.1" });
    expect(onHost.ports).to.deep.equal([31_005]);
    const container = { docker: { image: "i" }, portMappings: [{ containerPort: 80 }] };
    const app = makeApp({ networks: [{ mode: "container/bridge" }], container });
    const onBridge = taskOf(makePod(), { app, servicePorts: [10_000] });
    expect(onBridge).to.include({ host: "10.0.0.1" });
    expect(onBridge.ports).to.deep.equal([80]);
  });

  it("count as healthy or unhealthy only with health checks", () => {
    const pods = [
      makePod(),
      makePod({ name: "2", isReady: false }),
      makePod({ name: "3", isGated: true }),
    ];
    expect(taskCounts(makeApp(), pods)).to.deep.equal({
      staged: 1,
      running: 2,
      healthy: 0,
      unhealthy: 0,
    });
    const checked = makeApp({ portDefinitions: [{ port: 1 }], healthChecks: [{}] });
    expect(taskCounts(checked, pods)).to.deep.equal({
      staged: 1,
      running: 2,
      healthy: 1,
      unhealthy: 1,
    });
  });

  it("are found by every spelling of their id", () => {
    const uid = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";
    for (const id of [
      `a_b.instance-${uid}._app.1`,
      `a_b.instance-${uid}`,
      `a_b.${uid}`,
      `a_b.marathon-${uid}`,
    ]) {
      expect(parseTaskId(id), id).to.deep.equal({ appId: "/a/b", podUid: uid });
    }
    expect(parseTaskId("a_b")).to.equal(undefined);
  });

  it("leave the youngest failure behind", () => {
    const pods = [makePod({ name: "1", phase: "Failed", exitCode: 3 }), makePod({ name: "2" })];
    expect(lastTaskFailure("/web", pods)).to.include({
      state: "TASK_FAILED",
      message: "Container ended: Error, exit code 3",
      timestamp: "2026-01-01T00:01:00.000Z",
    });
    expect(lastTaskFailure("/web", [makePod()])).to.equal(undefined);
  });

  it("have timestamps of three digits", () => {
    expect(withMillis("2026-01-01T00:00:00Z")).to.equal("2026-01-01T00:00:00.000Z");
    expect(withMillis("2026-01-01T00:00:00.123456Z")).to.equal("2026-01-01T00:00:00.123Z");
  });
});

describe("MAR-20 why instances wait", () => {
  const sentences: Readonly<Record<string, readonly string[]>> = {
    "0/3 nodes are available: 1 Insufficient memory, 2 Insufficient cpu.": [
      "InsufficientCpus",
      "InsufficientMemory",
    ],
    "0/3 nodes are available: 3 node(s) had untolerated taint {a: b}.": ["UnfulfilledRole"],
    "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector.": [
      "UnfulfilledConstraint",
    ],
    "0/3 nodes are available: 3 node(s) had volume node affinity conflict.": [
      "NoCorrespondingReservationFound",
    ],
    "0/3 nodes are available: 3 node(s) were unschedulable.": ["AgentMaintenance"],
    "0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.": [
      "InsufficientPorts",
    ],
  };
  for (const [sentence, reasons] of Object.entries(sentences)) {
    it(`is ${reasons.join(", ")} for "${sentence}"`, () => {
      expect(reasonsOfScheduler(sentence)).to.deep.equal(reasons);
    });
  }

  it("is nothing when all have a node", () => {
    expect(queueState([makePod()])).to.equal(undefined);
  });
});
