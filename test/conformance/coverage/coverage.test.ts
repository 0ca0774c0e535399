import { expect } from "chai";
import { AREAS } from "./areas.ts";
import { cover, notThereYet } from "./cover.ts";

describe("the rows of the Mesos API and the allocator's pitfalls", () => {
  const rows = AREAS.flatMap((area) => area.rows.map((row) => ({ area: area.name, row })));

  it("each have a test with the id of their requirement in its name", async function () {
    this.timeout(60_000);
    const untested = (await cover())
      .filter(({ row, tests }) => "test" in row && tests.length === 0)
      .map(({ area, row }) => `${area}: ${row.row} (${row.id})`);
    expect(untested).to.deep.equal([]);
  });

  it("are named once in their area", () => {
    const names = rows.map(({ area, row }) => `${area}: ${row.row}`);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).to.deep.equal([]);
  });

  it("are not there yet where docs/status.md says so", () => {
    const status = notThereYet();
    const unsaid = rows.flatMap(({ row }) =>
      "notYet" in row && !status.includes(row.notYet) ? [row.notYet] : [],
    );
    expect(unsaid).to.deep.equal([]);
  });

  it("hold all that docs/status.md says is not there yet of the Mesos API", () => {
    const said = notThereYet()
      .split("\n")
      .filter((line) => line.startsWith("| Mesos API |"))
      .flatMap((line) => (line.split(" | ")[1] ?? "").split(";"))
      .map((part) => part.trim());
    const named = [
      ...rows.flatMap(({ row }) => ("notYet" in row ? [row.notYet] : [])),
      ...BESIDE_THE_ROWS,
    ];
    expect(said.filter((part) => !named.some((it) => part.includes(it)))).to.deep.equal([]);
  });
});

/** Not there yet, and no call, event, endpoint, error or metric. */
const BESIDE_THE_ROWS = [
  "a condition for a credentials Secret",
  "the label `unreachable-after`",
  "sweep of unreachable and gone records",
  "scripted clients of the field",
  "reads are encoded on the main thread",
];
