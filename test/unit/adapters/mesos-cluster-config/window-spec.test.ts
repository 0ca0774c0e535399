import { expect } from "chai";
import {
  inexactWindow,
  type PlannedWindow,
  recurringOf,
  releasedMachines,
  replacedWindows,
  strangerToWindows,
  windowsOf,
} from "../../../../src/adapters/mesos-cluster-config/window-spec.ts";
import { Maintenance } from "../../../../src/api/crd/v1alpha1/mesos-cluster/maintenance.ts";
import type { JsonObject } from "../../../../src/runtime/kube/kube-object.ts";

const START = "2030-01-01T00:00:00.000Z";
const START_MS = Date.parse(START);
const machines = (...hostnames: string[]) => hostnames.map((hostname) => ({ hostname }));
const spec = (name: string, ...hostnames: string[]) => ({
  name,
  machines: machines(...hostnames),
  start: START,
  durationSeconds: 60,
});
const window = (...hostnames: string[]): PlannedWindow => ({
  machines: machines(...hostnames),
  startMs: START_MS,
  durationMs: 60_000,
});
const ownedOf = (...windows: JsonObject[]): JsonObject => ({ maintenance: { windows } });
const liveOf = (...windows: JsonObject[]): never =>
  ({ metadata: { name: "c", managedFields: [] }, spec: { maintenance: { windows } } }) as never;

/** Two nodes are in rack 1. */
const nodesWith = ({ rack }: Readonly<Record<string, string>>): string[] =>
  rack === "1" ? ["r1", "r2"] : [];

describe("maintenance windows of a MesosCluster (HA-18)", () => {
  it("are read when they have machines and a start, with or without an end", () => {
    const maintenance = Maintenance.parse({
      windows: [
        { name: "both", machines: [{ hostname: "n1", ip: "10.0.0.1" }, {}], start: START },
        { name: "by-label", nodeSelector: { rack: "1" }, start: START, durationSeconds: 60 },
        { name: "weekly", machines: machines("n2"), schedule: "0 3 * * 0", durationSeconds: 60 },
        { name: "one", ...window("n3"), start: START, durationSeconds: 60 },
      ],
    });
    expect(windowsOf(maintenance, nodesWith)).to.deep.equal([
      { name: "both", machines: [{ hostname: "n1", ip: "10.0.0.1" }], startMs: START_MS },
      { name: "by-label", ...window("r1", "r2") },
      { name: "one", ...window("n3") },
    ]);
    expect(recurringOf(maintenance, nodesWith)).to.deep.equal([
      {
        name: "weekly",
        machines: machines("n2"),
        cron: "0 3 * * 0",
        timeZone: "Etc/UTC",
        durationMs: 60_000,
      },
    ]);
  });

  const cases: Record<
    string,
    { owned: JsonObject[]; others?: JsonObject[]; wanted: PlannedWindow[]; want: JsonObject[] }
  > = {
    "a first window": { owned: [], wanted: [window("n1")], want: [spec("api-1", "n1")] },
    "a window that stays keeps its name": {
      owned: [spec("api-1", "n1"), spec("api-2", "n2")],
      wanted: [window("n3"), window("N2")],
      want: [spec("api-3", "n3"), spec("api-2", "n2")],
    },
    "a window of somebody else that is asked for stays theirs": {
      owned: [spec("api-1", "n1")],
      others: [spec("git", "n2")],
      wanted: [window("n2"), window("n1")],
      want: [spec("api-1", "n1")],
    },
    "a window by labels that is asked for by its machines stays theirs": {
      owned: [],
      others: [{ name: "rack", nodeSelector: { rack: "1" }, start: START, durationSeconds: 60 }],
      wanted: [window("r2", "r1")],
      want: [],
    },
    "a window that recurs is not in the way": {
      owned: [],
      others: [{ name: "weekly", machines: machines("n1"), schedule: "0 3 * * 0" }],
      wanted: [window("n1")],
      want: [spec("api-1", "n1")],
    },
    "an empty schedule leaves nothing": { owned: [spec("api-1", "n1")], wanted: [], want: [] },
  };
  for (const [name, { owned, others = [], wanted, want }] of Object.entries(cases)) {
    it(`written back: ${name}`, () => {
      const live = liveOf(...owned, ...others);
      expect(replacedWindows(ownedOf(...owned), live, wanted, nodesWith)).to.deep.equal(
        want.length === 0 ? {} : ownedOf(...want),
      );
    });
  }

  it("lose machines that are up again, and go with their last one", () => {
    const owned = ownedOf(spec("api-1", "n1", "n2"), spec("api-2", "n3"));
    expect(releasedMachines(owned, machines("N1", "n3"))).to.deep.equal(
      ownedOf(spec("api-1", "n2")),
    );
  });

  it("of somebody else are found when they are not to be", () => {
    expect(strangerToWindows(liveOf(spec("git", "n1")), [window("n1")], nodesWith, "us")).to.equal(
      undefined,
    );
    expect(
      strangerToWindows(liveOf(spec("git", "n1")), [window("n2")], nodesWith, "us"),
    ).to.deep.equal({
      kind: "managedElsewhere",
      subject: "maintenance window 'git'",
      field: "it",
      manager: "another manager",
    });
  });

  it("last whole seconds", () => {
    expect(inexactWindow([window("n1")])).to.equal(undefined);
    expect(inexactWindow([{ ...window("n1"), durationMs: 1500 }])).to.contain("whole seconds");
  });
});
