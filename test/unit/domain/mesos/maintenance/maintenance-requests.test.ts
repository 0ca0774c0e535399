import { expect } from "chai";
import type { Schedule, Window } from "../../../../../src/api/mesos/maintenance.ts";
import { machineKey } from "../../../../../src/domain/mesos/maintenance/machine.ts";
import { MachineTable } from "../../../../../src/domain/mesos/maintenance/machine-table.ts";
import {
  readMachines,
  readSchedule,
} from "../../../../../src/domain/mesos/maintenance/maintenance-requests.ts";

const window = (...hostnames: string[]): Window => ({
  machine_ids: hostnames.map((hostname) => ({ hostname })),
  unavailability: { start: { nanoseconds: 5e9 }, duration: { nanoseconds: 60e9 } },
});
/** `out` is scheduled, `off` is scheduled and down. */
const TABLE = new MachineTable(
  [{ machines: [{ hostname: "out" }, { hostname: "off" }], startMs: 1 }],
  new Map([
    [
      machineKey({ hostname: "off" }),
      { machine: { hostname: "off" }, mark: { kind: "down" as const } },
    ],
  ]),
);
const nobody = (): undefined => undefined;

describe("UPDATE_MAINTENANCE_SCHEDULE (HA-16)", () => {
  it("reads windows to the millisecond", () => {
    const read = readSchedule({ windows: [window("n1", "off")] }, TABLE, nobody);
    expect(read).to.deep.equal({
      ok: true,
      value: [
        {
          machines: [{ hostname: "n1" }, { hostname: "off" }],
          startMs: 5000,
          durationMs: 60_000,
        },
      ],
    });
  });

  const refusals: Record<string, { given: Schedule; want: string }> = {
    "a window without machines": {
      given: { windows: [window()] },
      want: "List of machines in the maintenance window is empty",
    },
    "a negative duration": {
      given: {
        windows: [
          {
            machine_ids: [{ hostname: "off" }],
            unavailability: { start: { nanoseconds: 0 }, duration: { nanoseconds: -1 } },
          },
        ],
      },
      want: "Unavailability 'duration' is negative",
    },
    "a machine twice, whatever the case of its name": {
      given: { windows: [window("off"), window("OFF")] },
      want: `Machine '{"hostname":"OFF"}' appears more than once in the schedule`,
    },
    "a machine without a name": {
      given: { windows: [{ ...window(), machine_ids: [{ hostname: "", ip: "" }] }] },
      want: "Both 'hostname' and 'ip' for a machine are empty",
    },
    "an address that is none": {
      given: { windows: [{ ...window(), machine_ids: [{ ip: "10.0.0.256" }] }] },
      want: "Failed to parse IP '10.0.0.256'",
    },
    "a schedule without a machine that is down": {
      given: { windows: [window("out")] },
      want: `Machine '{"hostname":"off"}' is deactivated and cannot be removed from the schedule`,
    },
    "no schedule while a machine is down": {
      given: {},
      want: `Machine '{"hostname":"off"}' is deactivated and cannot be removed from the schedule`,
    },
  };
  for (const [name, { given, want }] of Object.entries(refusals)) {
    it(`refuses ${name}`, () => {
      expect(readSchedule(given, TABLE, nobody)).to.deep.equal({ ok: false, error: want });
    });
  }

  it("refuses a machine whose agent is being drained (HA-16)", () => {
    const drained = ({ hostname }: { hostname?: string }): string | undefined =>
      hostname === "n1" ? "m-S7" : undefined;
    expect(readSchedule({ windows: [window("n1", "off")] }, TABLE, drained)).to.deep.equal({
      ok: false,
      error: `Machine '{"hostname":"n1"}' cannot be scheduled: agent m-S7 there is being drained`,
    });
  });
});

describe("START_ and STOP_MAINTENANCE (HA-16)", () => {
  const cases: Record<
    string,
    { machines: string[]; mode: "DRAINING" | "DOWN"; want: string | undefined }
  > = {
    "starting what is scheduled": { machines: ["out"], mode: "DRAINING", want: undefined },
    "stopping what is down": { machines: ["off"], mode: "DOWN", want: undefined },
    "no machines": { machines: [], mode: "DRAINING", want: "List of machines is empty" },
    "a machine twice": {
      machines: ["out", "out"],
      mode: "DRAINING",
      want: `Machine '{"hostname":"out"}' appears more than once in the schedule`,
    },
    "a machine that is not scheduled": {
      machines: ["out", "n1"],
      mode: "DRAINING",
      want: `Machine '{"hostname":"n1"}' is not part of a maintenance schedule`,
    },
    "starting what is down": {
      machines: ["off"],
      mode: "DRAINING",
      want: `Machine '{"hostname":"off"}' is not in DRAINING mode and cannot be brought down`,
    },
    "stopping what is not down": {
      machines: ["out"],
      mode: "DOWN",
      want: `Machine '{"hostname":"out"}' is not in DOWN mode and cannot be brought up`,
    },
  };
  for (const [name, { machines, mode, want }] of Object.entries(cases)) {
    it(`${want === undefined ? "takes" : "refuses"} ${name}`, () => {
      const ids = machines.map((hostname) => ({ hostname }));
      const read = readMachines(ids, mode, TABLE);
      expect(read.ok ? undefined : read.error).to.equal(want);
    });
  }
});
