import { cover, type CoveredRow } from "./cover.ts";

const all = await cover();

function print(
  heading: string,
  rows: readonly CoveredRow[],
  tell: (row: CoveredRow) => string,
): void {
  process.stdout.write(`\n${heading}: ${rows.length === 0 ? "none" : rows.length}\n`);
  for (const it of rows) {
    process.stdout.write(`  ${it.area}: ${it.row.row} (${it.row.id})${tell(it)}\n`);
  }
}

print(
  "rows with a test",
  all.filter(({ tests }) => tests.length > 0),
  ({ tests }) => tests.map(({ file, title }) => `\n      ${file}: ${title}`).join(""),
);
print(
  "rows of what is not there yet (docs/status.md)",
  all.filter(({ row }) => "notYet" in row),
  ({ row }) => ("notYet" in row ? `: ${row.notYet}` : ""),
);
print(
  "rows that the product lacks",
  all.filter(({ row }) => "missing" in row),
  ({ row }) => ("missing" in row ? `: ${row.missing}` : ""),
);
const untested = all.filter(({ row, tests }) => "test" in row && tests.length === 0);
print("rows without a test", untested, ({ row }) => ("test" in row ? `: "${row.test}"` : ""));
process.exitCode = untested.length === 0 ? 0 : 1;
