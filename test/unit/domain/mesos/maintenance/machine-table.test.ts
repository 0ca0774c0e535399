import { expect } from "chai";
import {
  machineKey,
  type MachineName,
} from "../../../../../src/domain/mesos/maintenance/machine.ts";
import {
  type MachineMark,
  MachineTable,
  type MarkedMachine,
  type PlannedWindow,
} from "../../../../../src/domain/mesos/maintenance/machine-table.ts";

const marks = (...given: [MachineName, MachineMark][]): Map<string, MarkedMachine> =>
  new Map(given.map(([machine, mark]) => [machineKey(machine), { machine, mark }]));
const at = (startMs: number, ...machines: MachineName[]): PlannedWindow => ({ machines, startMs });
const N1 = { hostname: "n1" };

describe("MachineTable", () => {
  const matches: Record<
    string,
    { name: MachineName; hostname: string; ip: string | undefined; want: boolean }
  > = {
    "a hostname matches whatever the address": {
      name: N1,
      hostname: "N1",
      ip: "10.0.0.9",
      want: true,
    },
    "an address matches whatever the hostname": {
      name: { ip: "10.0.0.9" },
      hostname: "x",
      ip: "10.0.0.9",
      want: true,
    },
    "both must match when both are given": {
      name: { ...N1, ip: "10.0.0.1" },
      hostname: "n1",
      ip: "10.0.0.9",
      want: false,
    },
    "an agent that is away is known by its hostname": {
      name: { ...N1, ip: "10.0.0.1" },
      hostname: "n1",
      ip: undefined,
      want: true,
    },
    "another hostname does not match": { name: N1, hostname: "n2", ip: "10.0.0.9", want: false },
  };
  for (const [name, { name: machine, hostname, ip, want }] of Object.entries(matches)) {
    it(name, () => {
      const table = new MachineTable([at(1, machine)], new Map());
      expect(table.on(hostname, ip) !== undefined).to.equal(want);
    });
  }

  it("shows the schedule as it was planned, without machines whose window is over", () => {
    const [n2, n3] = [{ hostname: "n2" }, { hostname: "n3" }];
    const over = marks([N1, { kind: "up", windowStartMs: 7 }], [n3, { kind: "down" }]);
    const table = new MachineTable([at(7, N1), at(7, N1, n2), at(7, n3)], over);
    expect(table.windows).to.deep.equal([at(7, n2), at(7, n3)]);
  });

  const modes: Record<string, { windows: PlannedWindow[]; mark?: MachineMark; want: unknown }> = {
    "is up without a window": { windows: [], want: undefined },
    "drains with a window": {
      windows: [at(7, N1)],
      want: { mode: "DRAINING", window: { startMs: 7 } },
    },
    "is down when it was brought down": {
      windows: [at(7, N1)],
      mark: { kind: "down" },
      want: { mode: "DOWN", window: { startMs: 7 } },
    },
    "stays down when its window is taken out": {
      windows: [],
      mark: { kind: "down" },
      want: { mode: "DOWN" },
    },
    "is up when its window is over for it": {
      windows: [at(7, N1)],
      mark: { kind: "up", windowStartMs: 7 },
      want: undefined,
    },
    "drains again for another window": {
      windows: [at(8, N1)],
      mark: { kind: "up", windowStartMs: 7 },
      want: { mode: "DRAINING", window: { startMs: 8 } },
    },
    "counts the first of its windows": {
      windows: [at(9, N1), at(7, N1), at(8, N1)],
      want: { mode: "DRAINING", window: { startMs: 7 } },
    },
  };
  for (const [name, { windows, mark, want }] of Object.entries(modes)) {
    it(`a machine ${name}`, () => {
      const table = new MachineTable(windows, mark === undefined ? new Map() : marks([N1, mark]));
      const found = table.get(N1);
      expect(found).to.deep.equal(
        want === undefined ? undefined : { name: N1, ...(want as object) },
      );
    });
  }
});
