import { expect } from "chai";
import { machineKey } from "../../../../../src/domain/mesos/maintenance/machine.ts";
import {
  MachineTable,
  type MarkedMachine,
  type PlannedWindow,
} from "../../../../../src/domain/mesos/maintenance/machine-table.ts";
import {
  occurrencesAt,
  windowsToWrite,
} from "../../../../../src/domain/mesos/maintenance/planned-windows.ts";

const window = (startMs: number, ...hostnames: string[]): PlannedWindow => ({
  startMs,
  durationMs: 60_000,
  machines: hostnames.map((hostname) => ({ hostname })),
});
const [N1, N2] = ["n1", "n2"];
const weekly = { ...window(9, N1), recurs: "weekly" };

describe("occurrencesAt", () => {
  it("gives each window its present occurrence, and none to those that never come", () => {
    const { machines } = window(0, N1);
    const zone = { timeZone: "Etc/UTC", durationMs: 60_000, machines };
    const windows = [
      { name: "minutely", cron: "* * * * *", ...zone },
      { name: "never", cron: "0 0 31 2 *", ...zone },
    ];
    expect(occurrencesAt(windows, 90_000)).to.deep.equal([
      { recurs: "minutely", machines, startMs: 60_000, durationMs: 60_000 },
    ]);
  });
});

describe("windowsToWrite: what a client posts that reads, changes and posts the schedule", () => {
  const cases: Record<
    string,
    {
      planned: PlannedWindow[];
      over?: readonly string[];
      posted: PlannedWindow[];
      want: PlannedWindow[] | string;
    }
  > = {
    "windows as they are": {
      planned: [window(7, N1, N2)],
      posted: [window(7, N2, N1)],
      want: [window(7, N1, N2)],
    },
    "a window more": {
      planned: [window(7, N1)],
      posted: [window(7, N1), window(8, N2)],
      want: [window(7, N1), window(8, N2)],
    },
    "a window less: whose it is decides who is asked": {
      planned: [window(7, N1)],
      posted: [],
      want: [],
    },
    "what is left of a window that is over for a machine": {
      planned: [window(7, N1, N2)],
      over: [N1],
      posted: [window(7, N2)],
      want: [window(7, N1, N2)],
    },
    "nothing of a window that is over for all": {
      planned: [window(7, N1)],
      over: [N1],
      posted: [],
      want: [window(7, N1)],
    },
    "the occurrence of a window that recurs": {
      planned: [weekly],
      posted: [window(9, N1), window(8, N2)],
      want: [window(8, N2)],
    },
    "no occurrence of a window that recurs": {
      planned: [weekly],
      posted: [window(8, N2)],
      want: "maintenance window 'weekly' recurs; change it in the MesosCluster",
    },
  };
  for (const [name, { planned, over = [], posted, want }] of Object.entries(cases)) {
    it(name, () => {
      const marks = new Map<string, MarkedMachine>(
        over.map((hostname) => [
          machineKey({ hostname }),
          { machine: { hostname }, mark: { kind: "up", windowStartMs: 7 } },
        ]),
      );
      const read = windowsToWrite(posted, new MachineTable(planned, marks).plan);
      expect(read.ok ? read.value : read.error).to.deep.equal(want);
    });
  }
});
