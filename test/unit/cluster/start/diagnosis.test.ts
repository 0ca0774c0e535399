import { expect } from "chai";
import { formatDiagnosis } from "../../../cluster/start/diagnosis/format-diagnosis.ts";
import { readableLogLine } from "../../../cluster/start/diagnosis/log-line.ts";
import type { EventThing, PodThing, World } from "../../../cluster/start/diagnosis/world.ts";

const quiet: World = { nodes: [], objects: [], pods: [], events: [], logs: [], unanswered: [] };

const diagnose = (part: Partial<World>): string => formatDiagnosis({ ...quiet, ...part });
const condition = (type: string, status: string, reason = "", message = "") => ({
  type,
  status,
  reason,
  message,
});

describe("the diagnosis of a start that failed", () => {
  it("says so when everything is ready", () => {
    const ready = { conditions: [condition("Ready", "True")] };
    expect(
      diagnose({
        nodes: [{ kind: "Node", metadata: { name: "node-1" }, status: ready }],
        pods: [{ metadata: { name: "web" }, status: ready }],
      }),
    ).to.equal("Everything that was looked at is ready.");
  });

  it("shows an object's Ready first and then the conditions that say more", () => {
    const conditions = [
      condition("LeaderElected", "True", "LeaderElected", "m-0 leads"),
      condition("AgentsReady", "False", "AgentsNotReady", "1 of 2 agents are registered"),
      condition("Reconciling", "True", "ApplyingChildren", "busy"),
      condition("Stalled", "True", "Conflict", "another one has the name"),
      condition("Ready", "False", "AgentsNotReady", "1 of 2 agents are registered"),
    ];
    const objects = [{ kind: "MesosCluster", metadata: { name: "mesos" }, status: { conditions } }];
    expect(diagnose({ objects }).split("\n")).to.deep.equal([
      "What is not ready",
      "  mesoscluster mesos: Ready=False, AgentsNotReady: 1 of 2 agents are registered",
      "    Stalled=True, Conflict: another one has the name",
      "",
    ]);
  });

  it("says when nobody has looked at an object", () => {
    const objects = [{ kind: "MarathonApp", metadata: { name: "web" } }];
    expect(diagnose({ objects })).to.include("marathonapp web: nobody has looked at it yet");
  });

  const pods: readonly (readonly [string, PodThing["status"], readonly string[]])[] = [
    [
      "an image that cannot be pulled",
      {
        phase: "Pending",
        containerStatuses: [
          {
            name: "operator",
            ready: false,
            state: { waiting: { reason: "ImagePullBackOff", message: "Back-off pulling image" } },
          },
        ],
      },
      [
        "pod p: Pending on node-1",
        "  container operator: ImagePullBackOff: Back-off pulling image",
      ],
    ],
    [
      "a container that keeps crashing",
      {
        phase: "Running",
        containerStatuses: [
          {
            name: "master",
            ready: false,
            restartCount: 4,
            state: { waiting: { reason: "CrashLoopBackOff" } },
            lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } },
          },
          { name: "operator", ready: true, state: {} },
        ],
      },
      [
        "pod p: Running on node-1",
        "  container master: CrashLoopBackOff, restarted 4 times, ended with code 137 (OOMKilled) before",
      ],
    ],
    [
      "a pod behind its gate",
      {
        phase: "Pending",
        conditions: [condition("PodScheduled", "False", "SchedulingGated", "gates are not empty")],
      },
      ["pod p: Pending on node-1, SchedulingGated: gates are not empty"],
    ],
    [
      "an init container in the way, finished ones left out",
      {
        phase: "Pending",
        initContainerStatuses: [
          { name: "done", ready: false, state: { terminated: { exitCode: 0 } } },
          { name: "wait", ready: false, state: {} },
        ],
      },
      ["pod p: Pending on node-1", "  container wait: runs, but is not ready"],
    ],
    ["a pod that has succeeded: nothing", { phase: "Succeeded" }, []],
  ];
  for (const [what, status, lines] of pods) {
    it(`shows ${what}`, () => {
      const pod = {
        metadata: { name: "p" },
        spec: { nodeName: "node-1" },
        ...(status && { status }),
      };
      const shown = diagnose({ pods: [pod] })
        .split("\n")
        .slice(1, -1);
      expect(shown).to.deep.equal(lines.map((line) => `  ${line}`));
    });
  }

  it("shows the ten newest warnings, equal ones once, normal events never", () => {
    const event = (second: number, message: string, type = "Warning"): EventThing => ({
      type,
      reason: "FailedScheduling",
      message,
      lastTimestamp: `2026-01-01T00:00:${String(second).padStart(2, "0")}Z`,
      count: 2,
      involvedObject: { kind: "Pod", name: "web" },
    });
    const events = [
      event(30, "newest"),
      ...Array.from({ length: 12 }, (_, at) => event(at, `old ${at}`)),
      event(20, "newest"),
      event(40, "fine", "Normal"),
    ];
    const lines = diagnose({ events }).trimEnd().split("\n");
    expect(lines).to.have.length(11);
    expect(lines[1]).to.include("old 3");
    expect(lines.at(-1)).to.equal("  00:00:30 pod web: FailedScheduling: newest (2 times)");
  });

  it("says what the cluster did not answer", () => {
    const text = diagnose({ unanswered: ["kubectl get pods: connection refused"] });
    expect(text).to.equal("The cluster did not answer\n  kubectl get pods: connection refused\n");
  });

  it("cuts lines that no screen holds", () => {
    const logs = [{ title: "operator", lines: ["x".repeat(5000)] }];
    const longest = Math.max(
      ...diagnose({ logs })
        .split("\n")
        .map(({ length }) => length),
    );
    expect(longest).to.be.below(230);
  });
});

describe("a line of a log, to be read by a person", () => {
  it("has time, level and message first, then the fields that differ", () => {
    const line = {
      timestamp: "2026-01-01T12:34:56.789Z",
      level: "warn",
      message: "A watch failed.",
      process: "marathon",
      version: "0.1.0",
      component: "reflector",
      attempt: 2,
      err_stack: "long",
    };
    expect(readableLogLine(JSON.stringify(line))).to.equal(
      "12:34:56 warn A watch failed. component=reflector attempt=2",
    );
  });

  for (const line of ["plain words", "{broken", '{"no":"entry"}', ""]) {
    it(`stays as it is when it is not ours: ${JSON.stringify(line)}`, () => {
      expect(readableLogLine(line)).to.equal(line);
    });
  }
});
